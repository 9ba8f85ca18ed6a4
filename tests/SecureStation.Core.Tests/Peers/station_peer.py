#!/usr/bin/env python3
"""A second implementation of the station protocol, version 1, written from docs/protocol/station-1.md alone.

It needs nothing but Python 3.9 and the package `cryptography`. The tests of SecureStation run it against the C# code:

    station_peer.py connect HOST PORT [--suite NAME] [--id HEX --psk HEX] [--identity SEEDHEX]
    station_peer.py listen [--suite NAME]

`connect` sends what the test expects and answers what the test sends; `listen` prints its port and serves one connection in the same way.
The last line on stdout is `ok`; anything that is not as the document says ends it with an exception and exit code 1.
"""
import argparse
import hashlib
import hmac
import os
import socket
import struct
import sys

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

WELCOME, MESSAGE, ACK, PING, PONG, CLOSE, REKEY = range(1, 8)
TEXT, BYTES, OBJECT, SERVICE = range(1, 5)
REASONS = ["Closed", "BadPreamble", "UnsupportedSuite", "HandshakeFailed", "PeerUntrusted", "InvitationUnknown", "InvitationExpired",
           "InvitationUsed", "Busy", "Timeout", "ProtocolError", "MessageTooLarge"]


# ---- Noise, revision 34 (noiseprotocol.org): XX and XXpsk3 with 25519 and SHA256 ----

def hkdf(chaining_key, material, outputs):
    temp = hmac.new(chaining_key, material, hashlib.sha256).digest()
    result, last = [], b""
    for i in range(1, outputs + 1):
        last = hmac.new(temp, last + bytes([i]), hashlib.sha256).digest()
        result.append(last)
    return result


class CipherState:
    def __init__(self, cipher, key=None):
        self.cipher, self.key, self.n = cipher, key, 0

    def nonce(self, n):
        return bytes(4) + (struct.pack(">Q", n) if self.cipher is AESGCM else struct.pack("<Q", n))

    def encrypt(self, ad, plaintext):
        if self.key is None:
            return plaintext
        ciphertext = self.cipher(self.key).encrypt(self.nonce(self.n), plaintext, ad)
        self.n += 1
        return ciphertext

    def decrypt(self, ad, ciphertext):
        if self.key is None:
            return ciphertext
        plaintext = self.cipher(self.key).decrypt(self.nonce(self.n), ciphertext, ad)
        self.n += 1
        return plaintext

    def rekey(self):
        self.key = self.cipher(self.key).encrypt(self.nonce(2 ** 64 - 1), bytes(32), b"")[:32]


class Handshake:
    def __init__(self, suite, prologue, initiator, static, psk):
        self.cipher = AESGCM if "AESGCM" in suite else ChaCha20Poly1305
        self.initiator, self.s, self.psk = initiator, static, psk
        self.e = X25519PrivateKey.generate()
        self.re = self.rs = None
        name = suite.encode()
        self.h = name + bytes(32 - len(name)) if len(name) <= 32 else hashlib.sha256(name).digest()
        self.ck = self.h
        self.state = CipherState(self.cipher)
        self.mix_hash(prologue)
        last = ["s", "se"] + (["psk"] if "psk3" in suite else [])
        self.patterns = [["e"], ["e", "ee", "s", "es"], last]

    def mix_hash(self, data):
        self.h = hashlib.sha256(self.h + data).digest()

    def mix_key(self, material):
        self.ck, key = hkdf(self.ck, material, 2)
        self.state = CipherState(self.cipher, key)

    def mix_key_and_hash(self, material):
        self.ck, temp, key = hkdf(self.ck, material, 3)
        self.mix_hash(temp)
        self.state = CipherState(self.cipher, key)

    def encrypt_and_hash(self, plaintext):
        ciphertext = self.state.encrypt(self.h, plaintext)
        self.mix_hash(ciphertext)
        return ciphertext

    def decrypt_and_hash(self, ciphertext):
        plaintext = self.state.decrypt(self.h, ciphertext)
        self.mix_hash(ciphertext)
        return plaintext

    def mix_token(self, token):
        if token == "psk":
            self.mix_key_and_hash(self.psk)
            return
        mine_is_e = token == "ee" or (token == "es") == self.initiator
        theirs_is_e = token == "ee" or (token == "se") == self.initiator
        mine, theirs = (self.e if mine_is_e else self.s), (self.re if theirs_is_e else self.rs)
        self.mix_key(mine.exchange(X25519PublicKey.from_public_bytes(theirs)))

    def mix_ephemeral(self, key):
        self.mix_hash(key)
        if self.psk is not None:
            self.mix_key(key)

    def write(self, payload):
        message = b""
        for token in self.patterns.pop(0):
            if token == "e":
                key = raw(self.e.public_key())
                message += key
                self.mix_ephemeral(key)
            elif token == "s":
                message += self.encrypt_and_hash(raw(self.s.public_key()))
            else:
                self.mix_token(token)
        return message + self.encrypt_and_hash(payload)

    def read(self, message):
        for token in self.patterns.pop(0):
            if token == "e":
                self.re, message = message[:32], message[32:]
                self.mix_ephemeral(self.re)
            elif token == "s":
                length = 32 if self.state.key is None else 48
                self.rs, message = self.decrypt_and_hash(message[:length]), message[length:]
            else:
                self.mix_token(token)
        return self.decrypt_and_hash(message)

    def split(self):
        first, second, self.export_secret = hkdf(self.ck, b"", 3)
        to_responder, to_initiator = CipherState(self.cipher, first), CipherState(self.cipher, second)
        return (to_responder, to_initiator) if self.initiator else (to_initiator, to_responder)


def raw(public_key):
    return public_key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


# ---- The station protocol ----

def expect(condition, what):
    if not condition:
        raise AssertionError(what)


class Refused(Exception):
    pass


class Station:
    """One end of a connection. Sections are those of station-1.md."""

    def __init__(self, sock, suite, identity, psk=None, invitation_id=b""):
        self.sock, self.suite, self.identity = sock, suite, identity
        self.psk, self.invitation_id = psk, invitation_id
        self.static = X25519PrivateKey.generate()
        self.buffer, self.stream = b"", b""
        self.next_id, self.received_id, self.taken = 1, 0, 0
        self.acked, self.inbox, self.partial = (0, 0), [], None
        self.pongs, self.closed, self.rekeys_seen = [], None, 0

    def receive(self, count):
        while len(self.buffer) < count:
            data = self.sock.recv(65536)
            if not data:
                raise EOFError("end of stream")
            self.buffer += data
        result, self.buffer = self.buffer[:count], self.buffer[count:]
        return result

    # Sections 1 to 4

    def identity_payload(self):
        key = self.identity.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        signature = self.identity.sign(b"SecureStation/1 static-key\0" + raw(self.static.public_key()))
        return struct.pack(">H", len(key)) + key + signature

    def verify_identity(self, payload, static):
        length, = struct.unpack_from(">H", payload)
        key = serialization.load_der_public_key(payload[2:2 + length])
        expect(isinstance(key, Ed25519PublicKey), "an Ed25519 identity")
        key.verify(payload[2 + length:], b"SecureStation/1 static-key\0" + static)
        self.peer_key = payload[2:2 + length]

    def send_handshake(self, message, more=b""):
        self.sock.sendall(struct.pack(">H", len(message)) + message + more)

    def receive_handshake(self):
        length, = struct.unpack(">H", self.receive(2))
        if length == 0:
            reason, = struct.unpack(">H", self.receive(2))
            raise Refused(REASONS[reason])
        expect(length <= 4096, "a handshake message of 4,096 bytes at most")
        return self.receive(length)

    def connect(self):
        prologue = f"SecureStation/1 {self.suite}\n".encode("ascii")
        noise = Handshake(self.suite, prologue, True, self.static, self.psk)
        self.sock.sendall(prologue)
        self.send_handshake(noise.write(self.invitation_id))
        payload = noise.read(self.receive_handshake())
        self.verify_identity(payload, noise.rs)
        message = noise.write(self.identity_payload())
        self.begin(noise)
        self.send_handshake(message, self.seal(self.frame(WELCOME, bytes(16) + self.welcome())))
        self.session_id = self.receive_welcome()

    def accept(self):
        line = b""
        while not line.endswith(b"\n"):
            expect(len(line) < 80, "a preamble of 80 bytes at most")
            line += self.receive(1)
        expect(line == f"SecureStation/1 {self.suite}\n".encode("ascii"), "the preamble")
        noise = Handshake(self.suite, line, False, self.static, self.psk)
        expect(noise.read(self.receive_handshake()) == self.invitation_id, "message 1's payload")
        self.send_handshake(noise.write(self.identity_payload()))
        payload = noise.read(self.receive_handshake())
        self.verify_identity(payload, noise.rs)
        self.begin(noise)
        self.session_id = os.urandom(16)
        self.send(self.frame(WELCOME, self.session_id + self.welcome()))
        expect(self.receive_welcome() == bytes(16), "zeros for the initiator's session id")

    def begin(self, noise):
        self.sending, self.receiving = noise.split()
        self.h = noise.h

    def welcome(self):
        return struct.pack(">QII", 0, 16 * 1024 * 1024, 1024 * 1024)

    def receive_welcome(self):
        kind, flags, body = self.next_frame()
        if kind == CLOSE:
            raise Refused(REASONS[struct.unpack_from(">H", body)[0]])
        expect((kind, flags, len(body)) == (WELCOME, 0, 32), "Welcome")
        self.peer_limits = struct.unpack_from(">QII", body, 16)
        return body[:16]

    # Section 5

    def frame(self, kind, body, flags=0):
        return struct.pack(">BBI", kind, flags, len(body)) + body

    def seal(self, plaintext):
        message = self.sending.encrypt(b"", plaintext)
        return struct.pack(">H", len(message)) + message

    def send(self, plaintext):
        """Sends a piece of the stream of frames, in as many transport messages as it takes."""
        for i in range(0, len(plaintext), 65519):
            self.sock.sendall(self.seal(plaintext[i:i + 65519]))

    def read_stream(self):
        length, = struct.unpack(">H", self.receive(2))
        expect(length >= 17, "a transport message with plaintext")
        self.stream += self.receiving.decrypt(b"", self.receive(length))

    def next_frame(self):
        while len(self.stream) < 6:
            self.read_stream()
        kind, flags, length = struct.unpack_from(">BBI", self.stream)
        while len(self.stream) < 6 + length:
            self.read_stream()
        body, self.stream = self.stream[6:6 + length], self.stream[6 + length:]
        if kind == REKEY:
            expect(not self.stream, "a Rekey frame at the end of its transport message")
            self.receiving.rekey()
        return kind, flags, body

    # Sections 5 to 9

    def send_message(self, kind, body, headers=(), reply_to=0, frame_size=1024 * 1024):
        start = struct.pack(">QQBH", self.next_id, reply_to, kind, len(headers))
        for name, value in headers:
            for text in (name.encode(), value.encode()):
                start += struct.pack(">H", len(text)) + text
        pieces = [start + body[:frame_size - len(start)]]
        rest = body[frame_size - len(start):]
        while rest:
            pieces.append(rest[:frame_size])
            rest = rest[frame_size:]
        for i, piece in enumerate(pieces):
            self.send(self.frame(MESSAGE, piece, 1 if i + 1 < len(pieces) else 0))
        self.next_id += 1
        return self.next_id - 1

    def pump(self):
        """Takes one frame."""
        kind, flags, body = self.next_frame()
        if kind == MESSAGE:
            self.on_message(flags, body)
        elif kind == ACK:
            ack = struct.unpack(">QQ", body)
            expect(ack[0] >= self.acked[0] and ack[1] >= self.acked[1] and ack[0] < self.next_id, "an Ack that goes on")
            self.acked = ack
        elif kind == PING:
            self.send_ack()
            self.send(self.frame(PONG, body))
        elif kind == PONG:
            self.pongs.append(body)
        elif kind == REKEY:
            self.rekeys_seen += 1
            if flags & 1:
                self.send_rekey(False)
        elif kind == CLOSE:
            self.closed = struct.unpack(">HQ", body)
        else:
            raise AssertionError(f"frame type {kind}")

    def on_message(self, flags, body):
        if self.partial is None:
            message_id, reply_to, kind, count = struct.unpack_from(">QQBH", body)
            expect(message_id == self.received_id + 1, "ids without gaps")
            position, headers = 19, []
            for _ in range(count):
                pair = []
                for _ in range(2):
                    length, = struct.unpack_from(">H", body, position)
                    pair.append(body[position + 2:position + 2 + length].decode())
                    position += 2 + length
                headers.append(tuple(pair))
            self.partial = [message_id, reply_to, kind, headers, b""]
            body = body[position:]
        self.partial[4] += body
        if not flags & 1:
            self.received_id = self.partial[0]
            self.inbox.append(tuple(self.partial))
            self.partial = None

    def take(self):
        """The next message from the inbox."""
        while not self.inbox:
            expect(self.closed is None, "a message before Close")
            self.pump()
        message = self.inbox.pop(0)
        self.taken += len(message[4])
        self.send_ack()
        return message

    def send_ack(self):
        self.send(self.frame(ACK, struct.pack(">QQ", self.received_id, self.taken)))

    def send_rekey(self, ask):
        self.send(self.frame(REKEY, b"", 1 if ask else 0))
        self.sending.rekey()

    def ping(self):
        token = os.urandom(8)
        self.send(self.frame(PING, token))
        while token not in self.pongs:
            self.pump()

    def wait_acked(self, message_id):
        while self.acked[0] < message_id:
            self.pump()

    def close(self):
        self.send(self.frame(CLOSE, struct.pack(">HQ", 0, self.received_id)))
        self.sock.shutdown(socket.SHUT_WR)
        while self.closed is None:
            self.pump()
        expect(self.closed == (0, self.next_id - 1), f"a Close that knows all messages, not {self.closed}")
        expect(self.sock.recv(1) == b"" if not self.buffer else False, "the end of the stream after Close")

    def wait_closed(self):
        while self.closed is None:
            self.pump()
        self.send(self.frame(CLOSE, struct.pack(">HQ", 0, self.received_id)))
        self.sock.shutdown(socket.SHUT_WR)
        while self.sock.recv(65536):
            pass


def converse(station, closes):
    """What the tests on the other side know: everything in the document once, in both directions."""
    station.send_message(TEXT, "hällo from python".encode(), headers=[("lang", "python"), ("ü", "")])
    station.send_message(BYTES, bytes(range(256)))
    big = bytes(i * 7 & 0xff for i in range(300_000))
    last = station.send_message(BYTES, big, frame_size=100_000)
    station.wait_acked(last)
    station.ping()

    message_id, reply_to, kind, headers, body = station.take()
    expect((message_id, reply_to, kind, headers, body) == (1, 1, TEXT, [("a", "b")], "hällo from C#".encode()), "the text")
    message_id, reply_to, kind, headers, body = station.take()
    expect((kind, body) == (BYTES, big), "the large message")

    station.send_rekey(True)
    station.send_message(TEXT, b"after my rekey", reply_to=message_id)
    while station.rekeys_seen == 0:
        station.pump()
    expect(station.take()[4] == b"after your rekey", "the text after the rekey")
    request = station.send_message(SERVICE, b"?", headers=[("service", "no-such")])
    message = station.take()
    expect(message[1:4] == (request, SERVICE, [("service", "no-such"), ("error", "UnknownService")]), f"UnknownService, not {message}")
    station.send_message(TEXT, station.h.hex().encode())
    if closes:
        station.close()
    else:
        station.wait_closed()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=["connect", "listen"])
    parser.add_argument("host", nargs="?", default="127.0.0.1")
    parser.add_argument("port", nargs="?", type=int, default=0)
    parser.add_argument("--suite", default="Noise_XX_25519_AESGCM_SHA256")
    parser.add_argument("--id", type=bytes.fromhex, default=b"")
    parser.add_argument("--psk", type=bytes.fromhex)
    parser.add_argument("--identity", type=bytes.fromhex)
    options = parser.parse_args()
    identity = Ed25519PrivateKey.from_private_bytes(options.identity) if options.identity else Ed25519PrivateKey.generate()

    if options.role == "connect":
        sock = socket.create_connection((options.host, options.port), timeout=20)
        station = Station(sock, options.suite, identity, options.psk, options.id)
        try:
            station.connect()
        except Refused as refusal:
            print(f"refused {refusal}", flush=True)
            return
        converse(station, closes=True)
    else:
        server = socket.create_server(("127.0.0.1", 0))
        server.settimeout(20)
        print(f"port {server.getsockname()[1]}", flush=True)
        sock, _ = server.accept()
        sock.settimeout(20)
        station = Station(sock, options.suite, identity, options.psk, options.id)
        station.accept()
        converse(station, closes=False)

    print("session " + station.session_id.hex())
    print("peer " + hashlib.sha256(station.peer_key).hexdigest())
    print("ok", flush=True)


if __name__ == "__main__":
    sys.exit(main())
