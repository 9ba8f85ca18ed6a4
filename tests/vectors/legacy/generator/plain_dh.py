#!/usr/bin/python3
"""Writes ../plain-dh.json: whole conversations of the old Diffie-Hellman program, by python3-cryptography as that program had it (see ../README.md)."""
import hashlib
import json
import pathlib

import cryptography
from cryptography.hazmat.primitives.asymmetric import dh
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, ParameterFormat, PrivateFormat, PublicFormat

P = int(json.loads((pathlib.Path(__file__).parents[2] / "diffie-hellman" / "groups.json").read_text())["groups"][0]["prime"], 16)


def pair(label, parameters):
    x = int.from_bytes(hashlib.shake_256(f"SecureStation vectors plain DH {label}".encode()).digest(32), "big")
    return dh.DHPrivateNumbers(x, dh.DHPublicNumbers(pow(parameters.g, x, P), parameters)).private_key()


conversations = []
# Of a group that OpenSSL knows it writes { p, g, q }, whatever it was given; with another generator it does not know it.
for label, generator in (("PKCS#3", 4), ("X9.42", 2)):
    numbers = dh.DHParameterNumbers(P, generator)
    client, server = pair(f"client {label}", numbers), pair(f"server {label}", numbers)
    pem = numbers.parameters().parameter_bytes(Encoding.PEM, ParameterFormat.PKCS3).decode()
    keys = [key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode() for key in (client, server)]
    private = [key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode() for key in (client, server)]
    secret = client.exchange(server.public_key())
    assert secret == server.exchange(client.public_key())
    conversations.append({
        "form": label,
        "client_x": f"{client.private_numbers().x:064x}", "client_key": private[0], "server_x": f"{server.private_numbers().x:064x}", "server_key": private[1], "secret": secret.hex(),
        "messages": [{"from": "client", "text": "Hello"}, {"from": "server", "text": "Hey there!"}, {"from": "client", "text": "Params?"}, {"from": "server", "text": pem},
                     {"from": "client", "text": "Client public key:" + keys[0]}, {"from": "server", "text": "Server public key:" + keys[1]}],
    })
text = {"made_with": f"python3-cryptography {cryptography.__version__}", "conversations": conversations}
(pathlib.Path(__file__).parent.parent / "plain-dh.json").write_text(json.dumps(text, indent=1) + "\n")
