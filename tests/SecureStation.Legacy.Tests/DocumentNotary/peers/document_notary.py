"""The old document notary's three programs, written anew from its wire description with python3-cryptography: a second implementation
for the tests to talk to. One request each, then it ends.

  document_notary.py server PORT SERVER_KEY PUBLIC_DIR empty|document
  document_notary.py client1 PORT ID CLIENT_KEY SERVER_PUB DOCUMENT
  document_notary.py forward PORT PASSWORD DOCUMENT STAMP SIGNATURE_HEX
  document_notary.py client2 PORT SERVER_PUB PASSWORD
"""
import base64
import hashlib
import os
import socket
import sys
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)
BAR = b"<!>"


def private(path):
    with open(path, "rb") as file:
        return serialization.load_pem_private_key(file.read(), None)


def public(path):
    with open(path, "rb") as file:
        return serialization.load_pem_public_key(file.read())


def verify(key, signature, data):
    try:
        key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        return True
    except InvalidSignature:
        return False


def listen(port):
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", int(port)))
    sock.listen(1)
    print("listening", sock.getsockname()[1], flush=True)
    connection, _ = sock.accept()
    return connection


def ask(port, message):
    sock = socket.create_connection(("127.0.0.1", int(port)), 10)
    sock.send(message)
    return sock.recv(2048)


def server(port, key_path, directory, mode):
    key = private(key_path)
    connection = listen(port)
    request = key.decrypt(base64.b64decode(connection.recv(2048)), OAEP)
    client, digest = request.split(BAR)
    stamp = time.ctime().encode()
    signed = b"" if mode == "empty" else digest + BAR + stamp
    signature = key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    client_key = public(os.path.join(directory, client.decode() + "_publickey.bin"))
    connection.send(base64.b64encode(client_key.encrypt(digest + BAR + stamp + BAR + signature, OAEP)))
    connection.close()


def client1(port, name, key_path, server_path, document):
    digest = hashlib.sha256(document.encode()).hexdigest().encode()
    answer = ask(port, base64.b64encode(public(server_path).encrypt(name.encode() + BAR + digest, OAEP)))
    signed, stamp, signature = private(key_path).decrypt(base64.b64decode(answer), OAEP).split(BAR, 2)
    key = public(server_path)
    covers = [what for what, data in (("document", digest + BAR + stamp), ("empty", b"")) if verify(key, signature, data)]
    print(signed == digest, stamp.decode(), ",".join(covers), signature.hex(), flush=True)


def forward(port, password, document, stamp, signature):
    text = document.encode() + BAR + stamp.encode() + BAR + bytes.fromhex(signature)
    pad = 16 - len(text) % 16
    text += bytes([pad]) * pad
    iv = os.urandom(16)
    cipher = Cipher(algorithms.AES(password.encode()), modes.CBC(iv)).encryptor()
    print(ask(port, base64.b64encode(iv + cipher.update(text) + cipher.finalize())).decode(), flush=True)


def client2(port, server_path, password):
    connection = listen(port)
    message = base64.b64decode(connection.recv(2048))
    cipher = Cipher(algorithms.AES(password.encode()), modes.CBC(message[:16])).decryptor()
    text = cipher.update(message[16:]) + cipher.finalize()
    document, stamp, signature = text[: -text[-1]].split(BAR)
    digest = hashlib.sha256(document).hexdigest().encode()
    verdict = verify(public(server_path), signature, digest + BAR + stamp)
    connection.send(str(verdict).encode())
    connection.close()
    print(verdict, document.decode(), stamp.decode(), flush=True)


globals()[sys.argv[1]](*sys.argv[2:])
