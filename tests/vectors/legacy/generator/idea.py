#!/usr/bin/python3
"""Writes ../idea.json: IDEA blocks, and the IDEA chat's stream, by libgcrypt (see ../README.md)."""
import ctypes
import hashlib
import json
import pathlib

IDEA, ECB = 1, 1  # GCRY_CIPHER_IDEA, GCRY_CIPHER_MODE_ECB
GCRYPT = ctypes.CDLL("libgcrypt.so.20")
GCRYPT.gcry_check_version.restype = ctypes.c_char_p
VERSION = GCRYPT.gcry_check_version(None).decode()


def encrypt(key, blocks):
    handle = ctypes.c_void_p()
    assert GCRYPT.gcry_cipher_open(ctypes.byref(handle), IDEA, ECB, 0) == 0
    assert GCRYPT.gcry_cipher_setkey(handle, key, ctypes.c_size_t(len(key))) == 0
    output = ctypes.create_string_buffer(len(blocks))
    assert GCRYPT.gcry_cipher_encrypt(handle, output, ctypes.c_size_t(len(blocks)), blocks, ctypes.c_size_t(len(blocks))) == 0
    GCRYPT.gcry_cipher_close(handle)
    return output.raw


def random(label, length):
    return hashlib.shake_256(f"SecureStation vectors IDEA {label}".encode()).digest(length)


blocks = []
for i in range(24):
    key, plain = random(f"key {i}", 16), random(f"plain {i}", 8)
    blocks.append((key, plain))
# Zero is 2^16 in IDEA's multiplication: keys and texts full of it.
blocks += [(bytes(16), bytes(8)), (b"\xff" * 16, b"\xff" * 8), (bytes(16), b"\xff" * 8), (b"\xff" * 16, bytes(8)), (bytes(15) + b"\x01", bytes(8)), (b"\x80" + bytes(15), bytes(7) + b"\x01")]
streams = []
for i, length in enumerate((1, 7, 8, 15, 16, 17, 100, 1000)):
    key, text = random(f"stream key {i}", 16), random(f"text {i}", length)
    stream = encrypt(key, key)  # the counter is the key, and never changes
    streams.append({"key": key.hex(), "text": text.hex(), "wire": bytes(c ^ stream[j % 16] for j, c in enumerate(text)).hex()})
vectors = {"made_with": f"libgcrypt {VERSION}", "blocks": [{"key": k.hex(), "plain": p.hex(), "cipher": encrypt(k, p).hex()} for k, p in blocks], "streams": streams}
(pathlib.Path(__file__).parent.parent / "idea.json").write_text(json.dumps(vectors, indent=1) + "\n")
