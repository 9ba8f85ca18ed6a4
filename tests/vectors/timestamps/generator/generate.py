#!/usr/bin/python3
"""Writes ../openssl.json: RFC 3161 answers of `openssl ts`, with their requests, documents and certificates (see README.md)."""
import base64
import json
import pathlib
import subprocess
import tempfile

FOLDER = pathlib.Path(__file__).parent.parent
CONFIG = """
[ tsa ]
default_tsa = tsa1
[ tsa1 ]
serial = serial
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.5
digests = sha1, sha256, sha384, sha512
accuracy = secs:1, millisecs:500, microsecs:100
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = {ess}
signer_digest = {digest}
[ req ]
distinguished_name = name
[ name ]
[ stamps ]
extendedKeyUsage = critical, timeStamping
keyUsage = critical, digitalSignature
basicConstraints = critical, CA:FALSE
[ other ]
basicConstraints = critical, CA:TRUE
"""
KEYS = {"RSA 2048": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], "P-256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]}
# Document hash, the token's own hash, the hash of the certificate in it.
HASHES = [("sha256", "sha256", "sha256"), ("sha384", "sha256", "sha256"), ("sha512", "sha512", "sha512"), ("sha256", "sha256", "sha1")]


def run(folder, *arguments):
    return subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True).stdout


def text(folder, name):
    return (folder / name).read_text()


def binary(folder, name):
    return base64.b64encode((folder / name).read_bytes()).decode()


def stamps(folder):
    (folder / "openssl.cnf").write_text(CONFIG.format(ess="sha256", digest="sha256"))
    run(folder, "genpkey", *KEYS["P-256"], "-out", "ca.key")
    run(folder, "req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=Vectors CA", "-days", "36500", "-config", "openssl.cnf", "-extensions", "other", "-out", "ca.pem")
    entries = []
    for kind, options in KEYS.items():
        run(folder, "genpkey", *options, "-out", "tsa.key")
        run(folder, "req", "-new", "-key", "tsa.key", "-subj", f"/CN=Vectors TSA {kind}", "-config", "openssl.cnf", "-out", "tsa.csr")
        run(folder, "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "36500", "-extfile", "openssl.cnf", "-extensions", "stamps", "-out", "tsa.pem")
        for i, (hash_, digest, ess) in enumerate(HASHES):
            document = f"document {kind} {i}".encode()
            (folder / "document").write_bytes(document)
            (folder / "openssl.cnf").write_text(CONFIG.format(ess=ess, digest=digest))
            (folder / "serial").write_text(f"{16 + i:02X}\n")
            run(folder, "ts", "-query", "-config", "openssl.cnf", "-data", "document", f"-{hash_}", "-cert", "-out", "query")
            run(folder, "ts", "-reply", "-config", "openssl.cnf", "-queryfile", "query", "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "reply")
            run(folder, "ts", "-reply", "-in", "reply", "-token_out", "-out", "token")
            run(folder, "ts", "-verify", "-data", "document", "-in", "reply", "-CAfile", "ca.pem")
            entries.append({"what": f"{kind}, {hash_}, signed with {digest}, certificate hashed with {ess}", "hash": hash_, "document": document.decode(), "policy": "1.2.3.4.1",
                            "query": binary(folder, "query"), "reply": binary(folder, "reply"), "token": binary(folder, "token"), "authority": text(folder, "tsa.pem")})
    return {"made_with": run(folder, "version").decode().strip(), "root": text(folder, "ca.pem"), "stamps": entries}


with tempfile.TemporaryDirectory() as temporary:
    (FOLDER / "openssl.json").write_text(json.dumps(stamps(pathlib.Path(temporary)), indent=1) + "\n")
