#!/usr/bin/python3
"""Writes ../groups.json (arithmetic by Python alone) and ../openssl.json (files and secrets by openssl); see README.md."""
import hashlib
import json
import pathlib
import subprocess
import tempfile

FOLDER = pathlib.Path(__file__).parent.parent

# The X of RFC 7919, appendix A, and of RFC 3526.
FFDHE = {2048: 560316, 3072: 2625351, 4096: 5736041, 6144: 15705020, 8192: 10965728}
MODP = {2048: 124476, 3072: 1690314, 4096: 240904, 6144: 929484, 8192: 4743158}
GUARD = 128


def e_times_2_to(bits):
    one = 1 << bits + GUARD
    total, term, n = one, one, 1
    while term:
        term //= n
        total += term
        n += 1
    return total >> GUARD


def pi_times_2_to(bits):
    one = 1 << bits + GUARD

    def arctan_of_reciprocal(x):
        power = total = one // x
        n, sign = 3, -1
        while power:
            power //= x * x
            total += sign * (power // n)
            n, sign = n + 2, -sign
        return total

    return 4 * (4 * arctan_of_reciprocal(5) - arctan_of_reciprocal(239)) >> GUARD  # Machin


def groups():
    for prefix, constants, number in (("ffdhe", FFDHE, e_times_2_to), ("modp", MODP, pi_times_2_to)):
        for bits, x in constants.items():
            yield f"{prefix}{bits}", bits, 2**bits - 2 ** (bits - 64) + ((number(bits - 130) + x) << 64) - 1


def exponent(label, bits):
    return int.from_bytes(hashlib.shake_256(f"SecureStation vectors {label}".encode()).digest(bits // 8), "big") | 1 << bits - 1


def hexadecimal(number, bits):
    return number.to_bytes(bits // 8, "big").hex()


def group(name, bits, p):
    agreements = []
    for i in range(3):
        x, other = exponent(f"{name} x {i}", 256 + 8 * i), exponent(f"{name} other {i}", 400)
        y = pow(2, other, p)
        agreements.append({"x": f"{x:x}".zfill(2 * (x.bit_length() + 7 >> 3)), "public": hexadecimal(pow(2, x, p), bits), "peer": hexadecimal(y, bits), "secret": hexadecimal(pow(y, x, p), bits)})
    # A secret that begins with zeros: 2 is small, and so is its third power.
    agreements.append({"x": "03", "public": hexadecimal(8, bits), "peer": hexadecimal(2, bits), "secret": hexadecimal(8, bits)})
    non_residue = next(y for y in range(3, 100) if pow(y, (p - 1) // 2, p) == p - 1)
    refused = {"0": 0, "1": 1, "p - 1": p - 1, "p": p, "p + 1": p + 1, "no residue": non_residue, "p - 2, no residue": p - 2}
    return {"name": name, "bits": bits, "prime": hexadecimal(p, bits), "generator": 2, "agreements": agreements,
            "refused": [{"what": what, "public": hexadecimal(y, bits + 8)} for what, y in refused.items()]}


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout


def openssl_exchange(name, algorithm, option):
    """Two key pairs of openssl and the secret that it derives; nothing here is the same on another run."""
    with tempfile.TemporaryDirectory() as folder:
        def path(file):
            return str(pathlib.Path(folder, file))

        for side in "ab":
            openssl("genpkey", "-algorithm", algorithm, *(["-pkeyopt", option] if option else []), "-out", path(side))
            openssl("pkey", "-in", path(side), "-pubout", "-out", path(side + ".pub"))
        padded = ["-pkeyopt", "dh_pad:1"] if option else []  # else zeros on the left are lost
        secret = openssl("pkeyutl", "-derive", "-inkey", path("a"), "-peerkey", path("b.pub"), *padded)
        assert secret == openssl("pkeyutl", "-derive", "-inkey", path("b"), "-peerkey", path("a.pub"), *padded)
        openssl("pkcs8", "-topk8", "-in", path("a"), "-v2", "aes-256-cbc", "-passout", "pass:station", "-out", path("a.encrypted"))
        files = {name: pathlib.Path(path(file)).read_text() for name, file in (("a", "a"), ("a_public", "a.pub"), ("a_encrypted", "a.encrypted"), ("b", "b"), ("b_public", "b.pub"))}
        parameters = openssl("genpkey", "-genparam", "-algorithm", algorithm, "-pkeyopt", option).decode() if option else None
        return {"group": name, "parameters": parameters, "passphrase": "station", **files, "secret": secret.hex()}


made = [group(*each) for each in groups()]
(FOLDER / "groups.json").write_text('{"groups":[\n' + ",\n".join(json.dumps(each, separators=(",", ":")) for each in made) + "\n]}\n")
exchanges = [openssl_exchange(*each) for each in (("ffdhe2048", "DH", "group:ffdhe2048"), ("ffdhe3072", "DH", "group:ffdhe3072"), ("modp2048", "DH", "group:modp_2048"), ("X25519", "X25519", None))]
head = '{"made_with":' + json.dumps(openssl("version").decode().strip()) + ',"exchanges":[\n'
(FOLDER / "openssl.json").write_text(head + ",\n".join(json.dumps(each, separators=(",", ":")) for each in exchanges) + "\n]}\n")
