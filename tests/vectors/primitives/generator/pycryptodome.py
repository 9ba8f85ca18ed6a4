#!/usr/bin/python3
"""Writes the files that PyCryptodome makes: RSA, AES-CBC and primes (see README.md)."""
import hashlib
import json
import pathlib

from Cryptodome.Cipher import AES, PKCS1_OAEP, PKCS1_v1_5
from Cryptodome.Hash import SHA1, SHA256, SHA512
from Cryptodome.Math.Primality import test_probable_prime
from Cryptodome.PublicKey import RSA
from Cryptodome.Signature import pkcs1_15, pss
from Cryptodome.Util.Padding import pad

FOLDER = pathlib.Path(__file__).parent.parent
MADE_WITH = "PyCryptodome 3.11.0"


class Randomness:
    """Bytes that look random and are the same on every run."""

    def __init__(self, label):
        self.label, self.count = label, 0

    def __call__(self, length):
        self.count += 1
        return hashlib.shake_256(f"SecureStation vectors {self.label} {self.count}".encode()).digest(length)


def test(result, comment, **values):
    shown = {name: value.hex() if isinstance(value, bytes) else value for name, value in values.items()}
    return {"comment": comment, "flags": [], **shown, "result": result}


def flip(value, bit):
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def write(name, algorithm, groups):
    count = 0
    text = []
    for group in groups:
        lines = []
        for one in group.pop("tests"):
            count += 1
            lines.append(json.dumps({"tcId": count, **one}, separators=(",", ":"), ensure_ascii=False))
        own = json.dumps(group, separators=(",", ":"))[1:-1]
        text.append("{" + own + ("," if own else "") + '"tests":[\n' + ",\n".join(lines) + "\n]}")
    head = f'{{"algorithm":"{algorithm}","madeWith":"{MADE_WITH}","numberOfTests":{count},"testGroups":[\n'
    (FOLDER / f"{name}_test.json").write_text(head + ",\n".join(text) + "\n]}\n", encoding="utf-8")


def public_group(key, sha, tests):
    return {
        "keySize": key.size_in_bits(), "sha": sha,
        "publicKey": {"modulus": "00" + f"{key.n:x}", "publicExponent": key.e.to_bytes(3, "big").lstrip(b"\0").hex().zfill(2)},
        "publicKeyDer": key.publickey().export_key("DER").hex(),
        "publicKeyPem": key.publickey().export_key("PEM").decode() + "\n",
        "tests": tests,
    }


def raw(key, padded):
    """What a private key makes of a padded block, whatever the block is."""
    return pow(int.from_bytes(padded, "big"), key.d, key.n).to_bytes(key.size_in_bytes(), "big")


def signatures(key):
    """PKCS#1 v1.5 over SHA-256, with the ways in which verifiers were fooled."""
    size = key.size_in_bytes()
    tests = []
    for length in (0, 1, 100, 1000):
        msg = Randomness(f"rsa msg {length}")(length)
        sig = pkcs1_15.new(key).sign(SHA256.new(msg))
        tests += [test("valid", f"{length} bytes", msg=msg, sig=sig), test("invalid", "another message", msg=msg + b"\0", sig=sig)]
    msg = b"a message"
    sig = pkcs1_15.new(key).sign(SHA256.new(msg))
    digest = hashlib.sha256(msg).digest()
    algorithm = bytes.fromhex("300d06096086480165030402010500")
    info = b"\x30\x31" + algorithm + b"\x04\x20" + digest
    without_null = b"\x30\x2f" + bytes.fromhex("300b0609608648016503040201") + b"\x04\x20" + digest
    long_length = b"\x30\x81\x31" + info[2:]

    def block(inner, kind=b"\x01", fill=b"\xff"):
        return b"\0" + kind + fill * (size - 3 - len(inner)) + b"\0" + inner

    assert raw(key, block(info)) == sig
    for comment, padded in (
        ("no NULL in DigestInfo", block(without_null)), ("a length in the long form", block(long_length)), ("another block type", block(info, b"\x02")),
        ("padding of zeros", block(info, b"\x01", b"\0")), ("padding of 0xfe", block(info, b"\x01", b"\xfe")),
        ("the digest alone", block(digest)), ("garbage behind the digest", b"\0\x01" + b"\xff" * 8 + b"\0" + info + b"\x11" * (size - 11 - len(info))),
        ("no zero before DigestInfo", b"\0\x01" + b"\xff" * (size - 2 - len(info)) + info), ("one byte of padding short", block(b"\0" + info)),
        ("a first byte of 1", b"\x01\x01" + block(info)[2:]),
    ):
        tests.append(test("invalid", comment, msg=msg, sig=raw(key, padded)))
    for bit in (0, 77, 8 * size - 1):
        tests.append(test("invalid", f"bit {bit} changed", msg=msg, sig=flip(sig, bit)))
    number = int.from_bytes(sig, "big")
    tests += [
        test("invalid", "SHA-1", msg=msg, sig=pkcs1_15.new(key).sign(SHA1.new(msg))),
        test("invalid", "SHA-512", msg=msg, sig=pkcs1_15.new(key).sign(SHA512.new(msg))),
        test("invalid", "a byte more", msg=msg, sig=sig + b"\0"), test("invalid", "a zero before it", msg=msg, sig=b"\0" + sig), test("invalid", "cut", msg=msg, sig=sig[:-1]),
        test("invalid", "nothing", msg=msg, sig=b""), test("invalid", "zeros", msg=msg, sig=bytes(size)), test("invalid", "1", msg=msg, sig=bytes(size - 1) + b"\x01"),
        test("invalid", "n - s", msg=msg, sig=(key.n - number).to_bytes(size, "big")), test("invalid", "s + n", msg=msg, sig=(number + key.n).to_bytes(size + 1, "big")),
    ]
    return tests


def encryption(key, name):
    """OAEP with SHA-1, as the old notary encrypts."""
    size = key.size_in_bytes()
    oaep = PKCS1_OAEP.new(key, randfunc=Randomness(name))
    tests = []
    for length in (0, 1, 32, 86, size - 42):
        if length <= size - 42:
            msg = Randomness(f"{name} {length}")(length)
            tests.append(test("valid", f"{length} bytes", msg=msg, ct=oaep.encrypt(msg), label=""))
    msg = b"a text"
    ct = oaep.encrypt(msg)
    number = int.from_bytes(ct, "big")
    other_label = PKCS1_OAEP.new(key, label=b"label", randfunc=Randomness(name))
    sha256 = PKCS1_OAEP.new(key, hashAlgo=SHA256, randfunc=Randomness(name))
    old = PKCS1_v1_5.new(key, randfunc=Randomness(name + " nonzero"))
    tests += [
        test("invalid", "under a label", msg=msg, ct=other_label.encrypt(msg), label=""), test("invalid", "SHA-256", msg=msg, ct=sha256.encrypt(msg), label=""),
        test("invalid", "PKCS#1 v1.5", msg=msg, ct=old.encrypt(msg), label=""), test("invalid", "no padding", msg=msg, ct=pow(int.from_bytes(msg, "big"), key.e, key.n).to_bytes(size, "big"), label=""),
        test("invalid", "a bit changed", msg=msg, ct=flip(ct, 5), label=""), test("invalid", "cut", msg=msg, ct=ct[:-1], label=""), test("invalid", "a byte more", msg=msg, ct=ct + b"\0", label=""),
        test("invalid", "nothing", msg=msg, ct=b"", label=""), test("invalid", "0", msg=msg, ct=bytes(size), label=""), test("invalid", "1", msg=msg, ct=bytes(size - 1) + b"\1", label=""),
        test("invalid", "n - 1", msg=msg, ct=(key.n - 1).to_bytes(size, "big"), label=""), test("invalid", "n - c", msg=msg, ct=(key.n - number).to_bytes(size, "big"), label=""),
    ]
    return {"keySize": key.size_in_bits(), "sha": "SHA-1", "mgf": "MGF1", "mgfSha": "SHA-1", "privateKeyPkcs8": key.export_key("DER", pkcs=8).hex(), "tests": tests}


def cbc():
    tests = []
    for size in (16, 24, 32):
        for length in (0, 1, 15, 16, 17, 32, 1000):
            key, iv, msg = (Randomness(f"cbc {size} {length} {what}")(n) for what, n in (("key", size), ("iv", 16), ("msg", length)))
            tests.append(test("valid", f"{length} bytes", key=key, iv=iv, msg=msg, ct=AES.new(key, AES.MODE_CBC, iv).encrypt(pad(msg, 16))))
        key, iv = Randomness(f"cbc bad key {size}")(size), bytes(16)
        for last in (b"\0" * 16, b"a" * 15 + b"\0", b"a" * 15 + b"\x11", b"a" * 14 + b"\x01\x02", b"\x10" * 15 + b"\x0f", b"\x0f" + b"\x10" * 15, b"\xff" * 16):
            tests.append(test("invalid", "padding that is none", key=key, iv=iv, msg=b"", ct=AES.new(key, AES.MODE_CBC, iv).encrypt(last)))
        tests.append(test("invalid", "half a block", key=key, iv=iv, msg=b"", ct=bytes(24)))
        tests.append(test("invalid", "nothing", key=key, iv=iv, msg=b"", ct=b""))
    return tests


def is_prime(number):
    return bool(test_probable_prime(number, Randomness(f"prime {number}")))


def primes():
    """Primes, and composites that weak tests take for primes."""
    def value(number):
        return number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True)

    tests = [test("valid", "a small prime", value=value(p)) for p in (2, 3, 5, 7, 251, 257, 65537)]
    tests += [test("valid", f"2^{n} - 1", value=value(2**n - 1)) for n in (61, 89, 127, 521, 607)]
    tests += [test("valid", name, value=value(p)) for name, p in (("2^255 - 19", 2**255 - 19), ("of P-256", 2**256 - 2**224 + 2**192 + 2**96 - 1))]
    tests += [test("invalid", "no prime", value=value(n)) for n in (0, 1, 4, 9, 65535, 2**64, 2**127, 10**40)]
    tests += [test("invalid", "negative", value=value(-n)) for n in (1, 2, 3, 7, 2**127 - 1)]
    tests += [test("invalid", "square of a prime", value=value(p * p)) for p in (3, 65537, 2**127 - 1, 2**255 - 19)]
    k = 1 << 100
    found = 0
    while found < 6:  # Chernick: a Carmichael number where all three are prime
        k += 1
        factors = (6 * k + 1, 12 * k + 1, 18 * k + 1)
        if all(map(is_prime, factors)):
            tests.append(test("invalid", "a Carmichael number", value=value(factors[0] * factors[1] * factors[2])))
            found += 1
    for bits in (96, 200, 380):  # (k + 1)(2k + 1): passes Miller-Rabin to a quarter of all bases
        k = 1 << bits
        while not (is_prime(k + 1) and is_prime(2 * k + 1)):
            k += 2
        tests.append(test("invalid", "a strong pseudoprime to many bases", value=value((k + 1) * (2 * k + 1))))
    # Of F. Arnault (1995): passes Miller-Rabin to every prime base below 200.
    p1 = 29674495668685510550154174642905332730771991799853043350995075531276838753171770199594238596428121188033664754218345562493168782883
    tests.append(test("invalid", "a strong pseudoprime to the bases below 200", value=value(p1 * (313 * (p1 - 1) + 1) * (353 * (p1 - 1) + 1))))
    return tests


KEYS = {bits: RSA.generate(bits, Randomness(f"RSA {bits}")) for bits in (1024, 2048, 3072)}
SMALL_EXPONENT = RSA.generate(2048, Randomness("RSA e = 3"), e=3)

write("rsa_signature_2048_sha256", "RSASSA-PKCS1-v1_5", [public_group(KEYS[2048], "SHA-256", signatures(KEYS[2048]))])
write("rsa_signature_3072_sha256", "RSASSA-PKCS1-v1_5", [public_group(KEYS[3072], "SHA-256", signatures(KEYS[3072]))])
good = [test("valid", "good, under a key that is refused", msg=b"m", sig=pkcs1_15.new(key).sign(SHA256.new(b"m"))) for key in (KEYS[1024], SMALL_EXPONENT)]
write("rsa_signature_weak", "RSASSA-PKCS1-v1_5", [public_group(KEYS[1024], "SHA-256", good[:1]), public_group(SMALL_EXPONENT, "SHA-256", good[1:])])
PSS = [test("valid", "of another scheme", msg=b"m", sig=pss.new(KEYS[2048], rand_func=Randomness("PSS")).sign(SHA256.new(b"m")))]
write("rsa_pss_2048_sha256_mgf1_32", "RSASSA-PSS", [public_group(KEYS[2048], "SHA-256", PSS)])
write("rsa_oaep_sha1_mgf1sha1", "RSAES-OAEP", [encryption(KEYS[bits], f"OAEP {bits}") for bits in (1024, 2048)])
write("aes_cbc_pkcs5", "AES-CBC-PKCS5", [{"type": "IndCpaTest", "tests": cbc()}])
write("primality", "PrimalityTest", [{"type": "PrimalityTest", "tests": primes()}])
