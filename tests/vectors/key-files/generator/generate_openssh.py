#!/usr/bin/python3
"""Writes ../openssh.json: key files as ssh-keygen writes them, to be read or refused (see README.md)."""
import base64
import hashlib
import json
import pathlib
import subprocess
import tempfile

FOLDER = pathlib.Path(__file__).parent.parent
PASSPHRASE = "correct horse £"
KEYS = {"Ed25519": ["-t", "ed25519"], "RSA 2048": ["-t", "rsa", "-b", "2048"], "RSA 3072": ["-t", "rsa", "-b", "3072"], "P-256": ["-t", "ecdsa", "-b", "256"]}
REFUSED = {"RSA 1024": ["-t", "rsa", "-b", "1024"], "P-384": ["-t", "ecdsa", "-b", "384"], "P-521": ["-t", "ecdsa", "-b", "521"], "DSA": ["-t", "dsa"]}
CIPHERS = ["aes128-ctr", "aes192-ctr", "aes256-ctr", "aes128-cbc", "aes192-cbc", "aes256-cbc", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com"]


def keygen(*arguments):
    return subprocess.run(["ssh-keygen", *arguments], check=True, capture_output=True).stdout.decode()


def entry(what, options, result="valid", passphrase="", given=None):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "key")
        keygen("-q", "-f", file, "-N", passphrase, "-C", "somebody@somewhere", *options)
        private = file.read_text()
        public = pathlib.Path(folder, "key.pub").read_text()
        try:
            digest = base64.b64encode(hashlib.sha256(base64.b64decode("".join(keygen("-e", "-m", "PKCS8", "-f", file.with_suffix(".pub")).splitlines()[1:-1]))).digest())
        except subprocess.CalledProcessError:
            # ssh-keygen writes no Ed25519 key as SubjectPublicKeyInfo: RFC 8410's 12 bytes and the key.
            digest = base64.b64encode(hashlib.sha256(bytes.fromhex("302a300506032b6570032100") + base64.b64decode(public.split()[1])[-32:]).digest())
    return {"what": what, "private": private, "passphrase": (given if given is not None else passphrase) or None, "public": public,
            "fingerprint": "SHA256:" + digest.decode().rstrip("="), "result": result}


entries = [entry(name, options) for name, options in KEYS.items()]
entries += [entry(f"Ed25519, {cipher}", [*KEYS["Ed25519"], "-Z", cipher, "-a", "2"], passphrase=PASSPHRASE) for cipher in CIPHERS]
entries += [entry(f"{name}, encrypted", options, passphrase=PASSPHRASE) for name, options in KEYS.items()]
entries += [entry("P-256, 100 rounds", [*KEYS["P-256"], "-a", "100"], passphrase=PASSPHRASE)]
entries += [entry(name, options, "invalid") for name, options in REFUSED.items()]
entries += [entry("3DES", [*KEYS["Ed25519"], "-Z", "3des-cbc"], "invalid", PASSPHRASE)]
entries += [entry(f"another passphrase, {cipher}", [*KEYS["Ed25519"], "-Z", cipher, "-a", "2"], "wrong passphrase", PASSPHRASE, given="correct horse") for cipher in CIPHERS]
entries += [{**entry("no passphrase", KEYS["Ed25519"], "wrong passphrase", PASSPHRASE), "passphrase": None}]
version = subprocess.run(["ssh", "-V"], capture_output=True).stderr.decode().strip()
head = '{"made_with":' + json.dumps(version) + ',"keys":[\n'
(FOLDER / "openssh.json").write_text(head + ",\n".join(json.dumps(each, separators=(",", ":"), ensure_ascii=False) for each in entries) + "\n]}\n", encoding="utf-8")
