#!/usr/bin/python3
"""Writes ../openssl.json: private key files as openssl writes them, to be read or refused (see README.md)."""
import hashlib
import base64
import json
import pathlib
import subprocess
import tempfile

FOLDER = pathlib.Path(__file__).parent.parent
PASSPHRASE = "correct horse £"
READ = {"Ed25519": ["-algorithm", "ED25519"], "RSA 2048": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        "RSA 3072": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"], "P-256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]}
REFUSED = {"RSA 1024": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"], "RSA with e = 3": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_pubexp:3"],
           "P-384": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"], "secp256k1": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
           "P-256 with its parameters spelled out": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt", "ec_param_enc:explicit"],
           "Ed448": ["-algorithm", "ED448"], "X25519": ["-algorithm", "X25519"], "RSA-PSS": ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"]}
ENCRYPTED = {"AES-256, HMAC-SHA256": ["-v2", "aes-256-cbc"], "AES-128, HMAC-SHA1": ["-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA1"],
             "AES-192, HMAC-SHA512": ["-v2", "aes-192-cbc", "-v2prf", "hmacWithSHA512"], "100,000 rounds": ["-v2", "aes-256-cbc", "-iter", "100000"]}
ENCRYPTED_REFUSED = {"scrypt": ["-scrypt"], "3DES": ["-v2", "des3"], "Camellia": ["-v2", "camellia-256-cbc"], "HMAC-SHA224": ["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA224"],
                     "PKCS#12's own": ["-v1", "PBE-SHA1-3DES"]}


def openssl(*arguments, given=None):
    return subprocess.run(["openssl", *arguments], input=given, check=True, capture_output=True).stdout


def entry(what, private, result, passphrase=None):
    public = openssl("pkey", "-pubout", *([] if passphrase is None else ["-passin", f"pass:{passphrase}"]), given=private)
    der = openssl("pkey", "-pubin", "-outform", "DER", given=public)
    digest = base64.b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")
    return {"what": what, "private": private.decode(), "passphrase": passphrase, "public": public.decode(), "fingerprint": f"SHA256:{digest}", "result": result}


def encrypt(private, options):
    return openssl("pkcs8", "-topk8", *options, "-passout", f"pass:{PASSPHRASE}", given=private)


keys = {name: openssl("genpkey", *options) for name, options in READ.items()}
entries = [entry(name, private, "valid") for name, private in keys.items()]
entries += [entry(f"{name}, {how}", encrypt(private, options), "valid", PASSPHRASE) for name, private in keys.items() for how, options in ENCRYPTED.items()]
entries += [entry(name, openssl("genpkey", *options), "invalid") for name, options in REFUSED.items()]
entries += [entry(f"Ed25519, {how}", encrypt(keys["Ed25519"], options), "invalid", PASSPHRASE) for how, options in ENCRYPTED_REFUSED.items()]
entries += [entry("RSA 2048, PKCS#1", openssl("rsa", "-traditional", given=keys["RSA 2048"]), "invalid"), entry("P-256, SEC 1", openssl("ec", given=keys["P-256"]), "invalid")]
entries += [{**entries[len(READ)], "what": "another passphrase", "passphrase": PASSPHRASE + " ", "result": "wrong passphrase"},
            {**entries[len(READ)], "what": "no passphrase", "passphrase": None, "result": "wrong passphrase"}]
head = '{"made_with":' + json.dumps(openssl("version").decode().strip()) + ',"keys":[\n'
(FOLDER / "openssl.json").write_text(head + ",\n".join(json.dumps(each, separators=(",", ":"), ensure_ascii=False) for each in entries) + "\n]}\n", encoding="utf-8")
