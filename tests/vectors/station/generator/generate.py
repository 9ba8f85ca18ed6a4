#!/usr/bin/python3
"""Writes ../handshakes.json: the station's handshake and its first transport messages, by the second implementation (see README.md)."""
import json
import pathlib
import struct
import sys

ROOT = pathlib.Path(__file__).parents[4]
sys.path.insert(0, str(ROOT / "tests" / "SecureStation.Core.Tests" / "Peers"))
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey  # noqa: E402
from cryptography.hazmat.primitives.hashes import SHA256  # noqa: E402
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand  # noqa: E402
from station_peer import MESSAGE, TEXT, WELCOME, Handshake, Station  # noqa: E402

SUITES = ["Noise_XX_25519_AESGCM_SHA256", "Noise_XX_25519_ChaChaPoly_SHA256", "Noise_XXpsk3_25519_AESGCM_SHA256", "Noise_XXpsk3_25519_ChaChaPoly_SHA256"]
ID, PSK = bytes(range(0xD0, 0xE0)), bytes(range(0x30, 0x50))


def some(first):
    return bytes((first + i) % 256 for i in range(32))


class Side:
    """One end: its keys, and what it would send. The socket of Station is not used."""

    def __init__(self, suite, prologue, initiator, first):
        psk = PSK if "psk" in suite else None
        self.keys = {"identity": some(first), "static": some(first + 0x20), "ephemeral": some(first + 0x40)}
        self.station = Station(None, suite, Ed25519PrivateKey.from_private_bytes(self.keys["identity"]), psk)
        self.station.static = X25519PrivateKey.from_private_bytes(self.keys["static"])
        self.noise = Handshake(suite, prologue, initiator, self.station.static, psk)
        self.noise.e = X25519PrivateKey.from_private_bytes(self.keys["ephemeral"])


def frames(station, session_id):
    welcome = station.frame(WELCOME, session_id + station.welcome())
    return welcome, station.frame(MESSAGE, struct.pack(">QQBH", 1, 0, TEXT, 0) + b"hello, station")


def vector(suite):
    prologue = f"SecureStation/1 {suite}\n".encode("ascii")
    initiator, responder = Side(suite, prologue, True, 0x00), Side(suite, prologue, False, 0x60)
    first = ID if "psk" in suite else b""
    messages = [initiator.noise.write(first)]
    assert responder.noise.read(messages[0]) == first
    messages.append(responder.noise.write(responder.station.identity_payload()))
    initiator.station.verify_identity(initiator.noise.read(messages[1]), initiator.noise.rs)
    messages.append(initiator.noise.write(initiator.station.identity_payload()))
    responder.station.verify_identity(responder.noise.read(messages[2]), responder.noise.rs)
    initiator.station.begin(initiator.noise)
    responder.station.begin(responder.noise)
    transport = []
    for name, side, session_id in (("initiator", initiator, bytes(16)), ("responder", responder, bytes(range(0xC0, 0xD0)))):
        for frame in frames(side.station, session_id):
            transport.append({"from": name, "frames": frame.hex(), "message": side.station.seal(frame)[2:].hex()})
    label = b"SecureStation/1 export\0vectors\0"
    assert initiator.noise.h == responder.noise.h and initiator.noise.export_secret == responder.noise.export_secret
    export = HKDFExpand(SHA256(), 48, label + initiator.noise.h).derive(initiator.noise.export_secret)
    return {"suite": suite, "preamble": prologue.hex(), "invitation_id": first.hex(), "psk": PSK.hex() if first else "",
            "initiator": {name: key.hex() for name, key in initiator.keys.items()}, "responder": {name: key.hex() for name, key in responder.keys.items()},
            "messages": [message.hex() for message in messages], "handshake_hash": initiator.noise.h.hex(), "export": export.hex(), "transport": transport}


text = "[\n" + ",\n".join(json.dumps(vector(suite), indent=1) for suite in SUITES) + "\n]\n"
(pathlib.Path(__file__).parent.parent / "handshakes.json").write_text(text)
