#!/usr/bin/python3
"""The server of the old tutorial, written again from docs/protocol/diffie-hellman.md: one recv a message, no framing.

usage: dh_server.py PARAMETERS.pem     listens on a free port of the loopback, prints it, serves one client, prints the secret
"""
import socket
import sys

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding, ParameterFormat, PublicFormat

PREFIX = b"Client public key:"

with open(sys.argv[1], "rb") as file:
    parameters = serialization.load_pem_parameters(file.read())

listener = socket.create_server(("127.0.0.1", 0))
listener.settimeout(30)
print(listener.getsockname()[1], flush=True)
client, _ = listener.accept()
client.settimeout(30)
state = 0
while True:
    message = client.recv(3072).strip()
    if state == 0 and message == b"Hello":
        client.sendall(b"Hey there!")
        state = 1
    elif state == 1 and message == b"Params?":
        client.sendall(parameters.parameter_bytes(Encoding.PEM, ParameterFormat.PKCS3))
        state = 2
    elif state == 2 and message.startswith(PREFIX):
        theirs = serialization.load_pem_public_key(message[len(PREFIX):])
        own = parameters.generate_private_key()
        pem = own.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        client.sendall(b"Server public key:" + pem)
        print(own.exchange(theirs).hex(), flush=True)
        break
    elif state == 2:
        client.sendall(b"Invalid client public key, hanging up")
        break
    else:
        client.sendall(b"I do not understand you, hanging up")
        break
client.close()
