#!/usr/bin/python3
"""The two old chats, either side, as their wire is described: one send a message, one recv(N) a message, no tolerance.

    chat_peer.py idea-server PORT            echoes each text, in turn; one client after the other
    chat_peer.py idea-client PORT SESSIONS   each says 10 texts and prints the answers
    chat_peer.py aes-server PORT             answers "ping X" with "pong X", passes everything on to the others
    chat_peer.py aes-client PORT SESSIONS    each says 4 pings, prints the answers, quits; its names are python0, python1 ...

Port 0 takes a free one; a server prints it first. The first session value of a server is one by which original clients break. It needs pycryptodome (Debian: python3-pycryptodome). IDEA is not in it, so it is
here, from the published algorithm.
"""
import ast
import hashlib
import os
import socket
import sys
import threading

from Cryptodome.Cipher import AES
from Cryptodome.PublicKey import RSA


# ---- building blocks -------------------------------------------------------------------------------------------------------------

def long_to_bytes(number):
    return number.to_bytes(max(1, (number.bit_length() + 7) // 8), "big")


def textbook_encrypt(key, value):
    return long_to_bytes(pow(int.from_bytes(value, "big"), key.e, key.n))


def textbook_decrypt(key, value):
    return long_to_bytes(pow(int.from_bytes(value, "big"), key.d, key.n))


def python2_tuple(value):
    quote = '"' if b"'" in value and b'"' not in value else "'"
    text = ""
    for b in value:
        c = chr(b)
        if c == "\\" or c == quote:
            text += "\\" + c
        elif c in "\t\n\r":
            text += {"\t": "\\t", "\n": "\\n", "\r": "\\r"}[c]
        elif b < 0x20 or b >= 0x7F:
            text += "\\x%02x" % b
        else:
            text += c
    return ("(" + quote + text + quote + ",)").encode("ascii")


def read_tuple(text):
    """Stands for the original's eval: the value of a tuple of one string."""
    value = ast.literal_eval(text.decode("ascii"))
    assert isinstance(value, tuple) and len(value) == 1
    return value[0].encode("latin-1") if isinstance(value[0], str) else value[0]


def export_key(key):
    return key.publickey().export_key("PEM")


# ---- IDEA (Lai, Massey 1991): 8 rounds of 6 subkeys, then 4 ------------------------------------------------------------------------

def idea_mul(a, b):
    a = a or 0x10000
    b = b or 0x10000
    return (a * b % 0x10001) & 0xFFFF


def idea_encrypt(key, block):
    number = int.from_bytes(key, "big")
    subkeys = []
    while len(subkeys) < 52:
        subkeys += [(number >> (112 - 16 * i)) & 0xFFFF for i in range(8)]
        number = ((number << 25) | (number >> 103)) & (2 ** 128 - 1)
    x = [int.from_bytes(block[i:i + 2], "big") for i in (0, 2, 4, 6)]
    for r in range(8):
        k = subkeys[6 * r:6 * r + 6]
        a, b, c, d = idea_mul(x[0], k[0]), (x[1] + k[1]) & 0xFFFF, (x[2] + k[2]) & 0xFFFF, idea_mul(x[3], k[3])
        e = idea_mul(a ^ c, k[4])
        f = idea_mul(((b ^ d) + e) & 0xFFFF, k[5])
        e = (e + f) & 0xFFFF
        x = [a ^ f, c ^ f, b ^ e, d ^ e]
    k = subkeys[48:52]
    x = [idea_mul(x[0], k[0]), (x[2] + k[1]) & 0xFFFF, (x[1] + k[2]) & 0xFFFF, idea_mul(x[3], k[3])]
    return b"".join(v.to_bytes(2, "big") for v in x)


class IdeaCipher:
    def __init__(self, digest):
        key = digest[:16].encode("ascii")
        self.stream = idea_encrypt(key, key[:8]) + idea_encrypt(key, key[8:])

    def apply(self, data):
        return bytes(b ^ self.stream[i % 16] for i, b in enumerate(data))

    def encrypt(self, text):
        return self.apply(text.encode("utf-8")).hex().upper().encode("ascii")

    def decrypt(self, wire):
        return self.apply(bytes.fromhex(wire.decode("ascii"))).decode("utf-8")


# ---- IDEA station ----------------------------------------------------------------------------------------------------------------

def idea_server(port):
    listener = listen(port)
    is_first = True
    while True:
        client, _ = listener.accept()
        pem = client.recv(2048)
        key = RSA.import_key(pem)
        client.send(b"YES")
        if client.recv(1024) != hashlib.sha1(pem).hexdigest().encode("ascii"):
            print("-----PUBLIC KEY HASH DOESNOT MATCH-----", flush=True)
            sys.exit(1)
        encrypto = session_value()
        while is_first and encrypto[0] != 0:
            encrypto = session_value()
        is_first = False
        client.send(python2_tuple(textbook_encrypt(key, encrypto)))
        cipher = IdeaCipher(hashlib.sha1(encrypto).hexdigest())
        while wire := client.recv(1024):
            text = cipher.decrypt(wire)
            print(text, flush=True)
            client.send(cipher.encrypt("echo " + text))
        client.close()


def session_value():
    key_128 = os.urandom(16)
    return bytes(a ^ b for a, b in zip(key_128, AES.new(key_128, AES.MODE_ECB).encrypt(key_128)))


def idea_client(port, sessions):
    key = RSA.generate(1024)
    pem = export_key(key)
    for session in range(sessions):
        server = socket.create_connection(("127.0.0.1", port))
        server.send(pem)
        assert server.recv(1024) == b"YES"
        server.send(hashlib.sha1(pem).hexdigest().encode("ascii"))
        value = textbook_decrypt(key, read_tuple(server.recv(1024)))
        cipher = IdeaCipher(hashlib.sha1(value).hexdigest())
        for i in range(10):
            server.send(cipher.encrypt("Python : message %d %d" % (session, i)))
            print(cipher.decrypt(server.recv(1024)), flush=True)
        server.close()


# ---- AES chat --------------------------------------------------------------------------------------------------------------------

def md5(data):
    return hashlib.md5(data).hexdigest().encode("ascii")


class AesChain:
    """One chaining value for both directions."""

    def __init__(self, eight):
        self.key = eight + eight[::-1]
        self.chain = self.key

    def encrypt(self, text):
        text += b"`" * (16 - len(text) % 16)
        wire = AES.new(self.key, AES.MODE_CBC, self.chain).encrypt(text)
        self.chain = wire[-16:]
        return wire

    def decrypt(self, wire):
        text = AES.new(self.key, AES.MODE_CBC, self.chain).decrypt(wire)   # ValueError where it is not whole blocks
        self.chain = wire[-16:]
        return text.replace(b"`", b"")


def aes_server(port):
    listener = listen(port)
    key = RSA.generate(1024)
    pem = export_key(key)
    clients = []
    while True:
        client, _ = listener.accept()
        eight = os.urandom(8) if clients else b"a:b:c:d:"
        while eight[0] == 0:        # with a zero there no client can ever join
            eight = os.urandom(8)
        client_pem, digest = [part.replace(b"\r\n", b"") for part in client.recv(2048).split(b":")]
        if md5(client_pem) != digest:
            client.close()
            continue
        inner = eight + b":" + md5(eight) + b":" + md5(pem)
        client.send(python2_tuple(textbook_encrypt(RSA.import_key(client_pem), inner)) + b":" + pem)
        if textbook_decrypt(key, read_tuple(client.recv(2048))) != eight:
            print("mismatch", flush=True)
            continue
        chain = AesChain(eight)
        client.send(chain.encrypt(b"Ready"))
        name = client.recv(2048)
        clients.append((client, name))
        threading.Thread(target=aes_serve, args=(client, name, chain, clients), daemon=True).start()


def aes_serve(client, name, chain, clients):
    while True:
        wire = client.recv(1024)
        if not wire:
            return
        text = chain.decrypt(wire)
        print(name.decode(), ":", text.decode("utf-8"), flush=True)
        if text == b"quit":
            clients.remove((client, name))
            return
        for other, _ in list(clients):
            if other is not client:
                other.send(name)
                threading.Event().wait(0.05)
                other.send(text)
        if text.startswith(b"ping "):
            client.send(chain.encrypt(b"pong " + text[5:]))


def aes_client(port, sessions):
    key = RSA.generate(1024)
    for session in range(sessions):
        aes_session(port, key, "python%d" % session)


def aes_session(port, key, name):
    server = socket.create_connection(("127.0.0.1", port))
    pem = export_key(key)
    server.send(pem + b":" + md5(pem))
    parts = server.recv(4072).split(b":")
    if len(parts) != 2:
        sys.exit("a colon in the literal")
    inner = textbook_decrypt(key, read_tuple(parts[0])).split(b":")
    if len(inner) != 3 or md5(inner[0]) != inner[1] or md5(parts[1]) != inner[2]:
        sys.exit("doesn't match")
    eight = inner[0]
    server.send(python2_tuple(textbook_encrypt(RSA.import_key(parts[1]), eight)))
    chain = AesChain(eight)
    assert chain.decrypt(server.recv(2048)) == b"Ready"
    server.send(name.encode("utf-8"))
    threading.Event().wait(0.05)
    for i in range(4):
        server.send(chain.encrypt(b"ping %d" % i))
        print(chain.decrypt(server.recv(1024)).decode("utf-8"), flush=True)
    server.send(chain.encrypt(b"quit"))
    server.close()


def listen(port):
    listener = socket.create_server(("127.0.0.1", port))
    print(listener.getsockname()[1], flush=True)
    return listener


if __name__ == "__main__":
    role, port = sys.argv[1], int(sys.argv[2])
    if role == "idea-server":
        idea_server(port)
    elif role == "idea-client":
        idea_client(port, int(sys.argv[3]))
    elif role == "aes-server":
        aes_server(port)
    elif role == "aes-client":
        aes_client(port, int(sys.argv[3]))
    else:
        sys.exit(__doc__)
