#!/usr/bin/python3
"""Writes ../dissononce.json: Noise test vectors in cacophony's form, computed by dissononce (see README.md)."""
import json
import pathlib

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from dissononce.dh.x25519.private import PrivateKey
from dissononce.dh.x25519.x25519 import X25519DH
from dissononce.extras.dh.dangerous.dh_nogen import NoGenDH
from dissononce.extras.meta.cipher.factory import CipherFactory
from dissononce.extras.meta.hash.factory import HashFactory
from dissononce.extras.meta.pattern import MAP_PATTERN
from dissononce.processing.impl.cipherstate import CipherState
from dissononce.processing.impl.handshakestate import HandshakeState
from dissononce.processing.impl.symmetricstate import SymmetricState
from dissononce.processing.modifiers.psk import PSKPatternModifier

SUITES = [f"25519_{cipher}_{hash}" for hash in ("SHA256", "SHA512", "BLAKE2s", "BLAKE2b") for cipher in ("AESGCM", "ChaChaPoly")]
# Those that section 9.4 of the specification lists.
USUAL_PSKS = """Npsk0 Kpsk0 Xpsk1 NNpsk0 NNpsk2 NKpsk0 NKpsk2 NXpsk2 XNpsk3 XKpsk3 XXpsk3
                KNpsk0 KNpsk2 KKpsk0 KKpsk2 KXpsk2 INpsk1 INpsk2 IKpsk1 IKpsk2 IXpsk2""".split()
MANY_PSKS = ["NNpsk0+psk1+psk2", "IKpsk0+psk1+psk2", "XXpsk0+psk1+psk2+psk3", "X1X1psk0+psk1+psk2+psk3+psk4"]
PROLOGUE = b"prologue of both sides"
DH = X25519DH()


def key(seed):
    return DH.generate_keypair(PrivateKey(bytes((seed + i) % 256 for i in range(32))))


INIT_STATIC, INIT_EPHEMERAL, RESP_STATIC, RESP_EPHEMERAL = key(0x10), key(0x40), key(0x70), key(0xA0)


class AnyPsk(PSKPatternModifier):
    """dissononce's own refuses psk0+psk1, two psk tokens in one message, which the specification allows."""

    def _is_modifiable(self, pattern):
        return self._placement_index < len(pattern.message_patterns)


def pattern_of(name):
    base = name.split("psk")[0]
    pattern = MAP_PATTERN[base]()
    for position in (int(part[0]) for part in name.split("psk")[1:]):
        pattern = AnyPsk(position).modify(pattern)
    assert pattern.name == name, (pattern.name, name)
    return pattern


def side(pattern, suite, initiator, psks):
    _, cipher, hash = suite.split("_")
    mine, theirs = (pattern.initiator_pre_message_pattern, pattern.responder_pre_message_pattern)[:: 1 if initiator else -1]
    tokens = [token for message in pattern.message_patterns[0 if initiator else 1 :: 2] for token in message]
    state = HandshakeState(
        SymmetricState(CipherState(CipherFactory().get_cipher(cipher)), HashFactory().get_hash(hash)),
        NoGenDH(DH, (INIT_EPHEMERAL if initiator else RESP_EPHEMERAL).private),
    )
    static = (INIT_STATIC if initiator else RESP_STATIC) if "s" in tokens or "s" in mine else None
    remote = (RESP_STATIC if initiator else INIT_STATIC).public if "s" in theirs else None
    state.initialize(pattern, initiator, PROLOGUE, s=static, rs=remote, psks=list(psks))
    fields = {"prologue": PROLOGUE.hex()}
    if static:
        fields["static"] = static.private.data.hex()
    if "e" in tokens:
        fields["ephemeral"] = (INIT_EPHEMERAL if initiator else RESP_EPHEMERAL).private.data.hex()
    if remote:
        fields["remote_static"] = remote.data.hex()
    if psks:
        fields["psks"] = [psk.hex() for psk in psks]
    return state, {("init_" if initiator else "resp_") + name: value for name, value in fields.items()}


def vector(name, suite):
    pattern = pattern_of(name)
    psks = [bytes([0xC0 + i]) * 32 for i in range(name.count("psk"))]
    (initiator, left), (responder, right) = side(pattern, suite, True, psks), side(pattern, suite, False, psks)
    messages = []

    def add(payload, ciphertext, plaintext):
        assert bytes(plaintext) == payload
        messages.append({"payload": payload.hex(), "ciphertext": bytes(ciphertext).hex()})

    one_way = len(pattern.message_patterns) == 1
    for index in range(len(pattern.message_patterns)):
        writer, reader = (initiator, responder) if index % 2 == 0 else (responder, initiator)
        payload = b"" if index == 1 else b"payload %d" % (index + 1)
        ciphertext, plaintext = bytearray(), bytearray()
        keys = writer.write_message(payload, ciphertext)
        peer_keys = reader.read_message(bytes(ciphertext), plaintext)
        add(payload, ciphertext, plaintext)
    for index in range(len(messages), len(messages) + 3):
        way = 0 if one_way or index % 2 == 0 else 1
        payload = b"transport %d" % (index + 1)
        ciphertext = keys[way].encrypt_with_ad(b"", payload)
        add(payload, ciphertext, peer_keys[way].decrypt_with_ad(b"", ciphertext))
    hash = initiator.symmetricstate.get_handshake_hash()
    assert hash == responder.symmetricstate.get_handshake_hash()
    return {
        "protocol_name": f"Noise_{name}_{suite}", **left, **right, "handshake_hash": hash.hex(), "messages": messages,
        "rekeyed": rekeyed(keys[0]).hex(), "export": export(initiator.symmetricstate, hash).hex(),
    }


def rekeyed(to_responder):
    """The next transport message of the initiator, "rekeyed", after Rekey(): 32 bytes of ENCRYPT(k, 2^64 - 1, zerolen, zeros), the nonce goes on."""
    nonce = to_responder._nonce
    to_responder.initialize_key(to_responder.cipher.rekey(to_responder._key)[:32])
    to_responder.set_nonce(nonce)
    return to_responder.encrypt_with_ad(b"", b"rekeyed")


def export(symmetric, hash):
    """TransportState.Export("label", 48)."""
    secret = symmetric._hashfn.hkdf(symmetric._ck, b"", 3)[2]
    return HKDFExpand(SHA256(), 48, b"SecureStation/1 export\0label\0" + hash).derive(secret)


def main():
    patterns = sorted(MAP_PATTERN)
    names = patterns + USUAL_PSKS + [f"{name}psk0+psk{len(MAP_PATTERN[name]().message_patterns)}" for name in patterns] + MANY_PSKS
    wanted = [(name, SUITES[i % len(SUITES)]) for i, name in enumerate(names)]
    wanted += [(name, suite) for name in ("N", "NN", "XX", "XXpsk3", "IK") for suite in SUITES if (name, suite) not in wanted]
    lines = ",\n".join(json.dumps(vector(name, suite), separators=(",", ":")) for name, suite in wanted)
    path = pathlib.Path(__file__).parent.parent / "dissononce.json"
    path.write_text('{"vectors":[\n' + lines + "\n]}\n")
    print(f"{len(wanted)} vectors of {len(set(names))} patterns in {path.name}")


main()
