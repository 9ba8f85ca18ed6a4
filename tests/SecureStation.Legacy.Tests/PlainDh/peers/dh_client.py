#!/usr/bin/python3
"""The client of the old tutorial, written again from docs/protocol/diffie-hellman.md: one recv a message, no framing.

usage: dh_client.py PORT     makes one exchange with the server on the loopback and prints the secret
"""
import socket
import sys

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PREFIX = b"Server public key:"

server = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=30)
server.sendall(b"Hello")
answer = server.recv(3072).strip()
if answer != b"Hey there!":
    sys.exit("Bad response: %r" % answer)
server.sendall(b"Params?")
parameters = serialization.load_pem_parameters(server.recv(3072).strip())
own = parameters.generate_private_key()
pem = own.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
server.sendall(b"Client public key:" + pem)
answer = server.recv(3072).strip()
if not answer.startswith(PREFIX):
    sys.exit("Failed: %r" % answer)
theirs = serialization.load_pem_public_key(answer[len(PREFIX):])
print(own.exchange(theirs).hex(), flush=True)
if server.recv(3072) != b"":
    sys.exit("the server did not close")
