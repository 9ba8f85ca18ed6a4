// Writes the files that @noble/ciphers, @noble/curves and @noble/hashes make: see README.md.
import { cbc, gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { blake2b, blake2s } from '@noble/hashes/blake2.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { bytes, flip, hex, test, write } from './wycheproof.mjs';

const CIPHERS = '@noble/ciphers 2.4.0', CURVES = '@noble/curves 2.4.0', HASHES = '@noble/hashes 2.4.0';
const LENGTHS = [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1023, 1024, 4096];
const HASH = { sha256, sha384, sha512, blake2s, blake2b };
const NAME = { sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512', blake2s: 'BLAKE2s', blake2b: 'BLAKE2b' };

function littleEndian(value, length) {
  return Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

// ---- AEADs. The last nonces are those of Noise: 4 zero bytes and a counter.
function aead(file, algorithm, cipher, bigEndian) {
  const tests = [];
  const add = (result, comment, key, iv, aad, msg, ct, tag) => tests.push(test(result, comment, { key, iv, aad, msg, ct, tag }));
  const seal = (key, iv, aad, msg) => {
    const sealed = cipher(key, iv, aad).encrypt(msg);
    return [sealed.subarray(0, msg.length), sealed.subarray(msg.length)];
  };
  LENGTHS.forEach((length, i) => {
    const [key, iv, aad, msg] = [bytes(`${file} key ${i}`, 32), bytes(`${file} iv ${i}`, 12), bytes(`${file} aad ${i}`, LENGTHS[(7 * i) % LENGTHS.length] % 300), bytes(`${file} msg ${i}`, length)];
    add('valid', `${length} bytes, ${aad.length} associated`, key, iv, aad, msg, ...seal(key, iv, aad, msg));
  });
  const counters = [0n, 1n, 255n, 256n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 2n, 2n ** 64n - 1n];
  for (const n of counters) {
    const count = littleEndian(n, 8);
    const iv = concatBytes(new Uint8Array(4), bigEndian ? count.reverse() : count);
    const [key, aad, msg] = [bytes(`${file} counter key`, 32), bytes(`${file} counter aad`, 32), bytes(`${file} counter msg ${n}`, 48)];
    add('valid', `Noise's nonce for n = ${n}`, key, iv, aad, msg, ...seal(key, iv, aad, msg));
  }
  for (const length of [0, 1, 16, 100]) {
    const [key, iv, aad, msg] = [bytes(`${file} bad key`, 32), bytes(`${file} bad iv`, 12), bytes(`${file} bad aad`, 20), bytes(`${file} bad msg`, length)];
    const [ct, tag] = seal(key, iv, aad, msg);
    for (const bit of [0, 7, 63, 64, 127]) add('invalid', `bit ${bit} of the tag changed`, key, iv, aad, msg, ct, flip(tag, bit));
    for (const bit of length ? [0, 8 * length - 1] : []) add('invalid', `bit ${bit} of the ciphertext changed`, key, iv, aad, msg, flip(ct, bit), tag);
    add('invalid', 'associated data changed', key, iv, flip(aad, 3), msg, ct, tag);
    add('invalid', 'associated data cut', key, iv, aad.slice(0, 19), msg, ct, tag);
    add('invalid', 'another nonce', key, flip(iv, 95), aad, msg, ct, tag);
    add('invalid', 'another key', flip(key, 255), iv, aad, msg, ct, tag);
    add('invalid', 'a tag of zeros', key, iv, aad, msg, ct, new Uint8Array(16));
    add('invalid', 'tag turned round', key, iv, aad, msg, ct, Uint8Array.from(tag).reverse());
  }
  write(file, algorithm, CIPHERS, [{ ivSize: 96, keySize: 256, tagSize: 128, type: 'AeadTest', tests }]);
}

aead('aes_gcm', 'AES-GCM', gcm, true);
aead('chacha20_poly1305', 'CHACHA20-POLY1305', chacha20poly1305, false);

// ---- X25519
{
  const P = 2n ** 255n - 19n;
  const tests = [];
  const add = (comment, secret, point) => {
    try {
      tests.push(test('valid', comment, { public: point, private: secret, shared: x25519.getSharedSecret(secret, point) }));
    } catch {
      tests.push(test('invalid', comment, { public: point, private: secret, shared: new Uint8Array(32) }, 'LowOrderPublic'));
    }
  };
  for (let i = 0; i < 40; i++) add('two keys', bytes(`x25519 a ${i}`, 32), x25519.getPublicKey(bytes(`x25519 b ${i}`, 32)));
  for (let i = 0; i < 16; i++) add('any 32 bytes as a public key, on the curve or its twist', bytes(`x25519 c ${i}`, 32), bytes(`x25519 d ${i}`, 32));
  const secret = bytes('x25519 edge', 32);
  for (const u of [2n, 3n, 9n, P - 2n, P - 3n, P + 2n, P + 3n, P + 18n, 2n ** 254n, 2n ** 32n - 1n]) {
    const point = littleEndian(u, 32);
    add(u >= P ? 'a public key that is not canonical' : 'an edge of the field', secret, point);
    add('the same with the top bit set', secret, flip(point, 255));
  }
  const order8 = ['e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800', '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157'];
  for (const point of [0n, 1n, P - 1n, P, P + 1n].map(u => littleEndian(u, 32)).concat(order8.map(h => hexToBytes(h)))) {
    add('a public key of low order', secret, point);
    add('a public key of low order, top bit set', secret, flip(point, 255));
  }
  for (const [comment, key] of [['zeros', new Uint8Array(32)], ['ones', new Uint8Array(32).fill(255)]]) add(`a private key of ${comment}`, key, x25519.getPublicKey(secret));
  write('x25519', 'XDH', CURVES, [{ curve: 'curve25519', type: 'XdhComp', tests }]);
}

// ---- Signatures
function pem(der) {
  return `-----BEGIN PUBLIC KEY-----\n${Buffer.from(der).toString('base64').replace(/.{1,64}/g, '$&\n')}-----END PUBLIC KEY-----\n`;
}

function group(prefix, publicKey, tests) {
  const der = concatBytes(hexToBytes(prefix), publicKey);
  return { publicKeyDer: hex(der), publicKeyPem: pem(der), tests };
}

{
  const L = 2n ** 252n + 27742317777372353535851937790883648493n;
  const spki = '302a300506032b6570032100';
  const groups = [];
  for (let i = 0; i < 6; i++) {
    const seed = bytes(`ed25519 seed ${i}`, 32), key = ed25519.getPublicKey(seed), other = ed25519.getPublicKey(flip(seed, 0));
    const tests = [];
    for (const length of [0, 1, 32, 111, 1000]) {
      const msg = bytes(`ed25519 msg ${i} ${length}`, length), sig = ed25519.sign(msg, seed);
      tests.push(test('valid', `${length} bytes`, { msg, sig }));
      tests.push(test('invalid', 'another message', { msg: concatBytes(msg, Uint8Array.of(0)), sig }));
    }
    const msg = bytes(`ed25519 msg ${i}`, 40), sig = ed25519.sign(msg, seed);
    for (const bit of [0, 255, 256, 400, 511]) tests.push(test('invalid', `bit ${bit} changed`, { msg, sig: flip(sig, bit) }));
    let s = 0n;
    for (let b = 63; b >= 32; b--) s = (s << 8n) | BigInt(sig[b]);
    for (const k of [1n, 2n, 8n]) if (s + k * L < 2n ** 256n) tests.push(test('invalid', `s + ${k} L: the same signature again`, { msg, sig: concatBytes(sig.slice(0, 32), littleEndian(s + k * L, 32)) }));
    tests.push(test('invalid', 'R of another', { msg, sig: concatBytes(ed25519.sign(msg, flip(seed, 1)).slice(0, 32), sig.slice(32)) }));
    tests.push(test('invalid', 'by another key', { msg, sig: ed25519.sign(msg, flip(seed, 0)) }));
    for (const length of [0, 32, 63]) tests.push(test('invalid', `cut to ${length} bytes`, { msg, sig: sig.slice(0, length) }));
    tests.push(test('invalid', 'a byte more', { msg, sig: concatBytes(sig, Uint8Array.of(0)) }));
    tests.push(test('invalid', 'zeros', { msg, sig: new Uint8Array(64) }));
    tests.push(test('invalid', 'R is the public key, s = 0', { msg, sig: concatBytes(other, new Uint8Array(32)) }));
    groups.push(group(spki, key, tests));
  }
  // Under these keys R = the identity, s = 0 verifies any message for whoever multiplies by the cofactor, or where the hash is lucky.
  const P = 2n ** 255n - 19n, y8 = 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', y8b = '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05';
  const identity = littleEndian(1n, 32);
  const small = [1n, P - 1n, 0n, P, P + 1n].map(y => littleEndian(y, 32)).concat([hexToBytes(y8), hexToBytes(y8b)]);
  for (const point of small.flatMap(p => [p, flip(p, 255)])) {
    const tests = [];
    for (let i = 0; i < 4; i++) tests.push(test('invalid', 'a public key of small order', { msg: bytes(`small ${i}`, 10), sig: concatBytes(i % 2 ? point : identity, new Uint8Array(32)) }));
    groups.push(group(spki, point, tests));
  }
  groups.push(group(spki, littleEndian(2n, 32), [test('invalid', 'no point of the curve', { msg: bytes('none', 10), sig: new Uint8Array(64) })]));
  write('ed25519', 'EDDSA', CURVES, groups);
}

{
  const N = p256.Point.Fn.ORDER;
  const spki = '3059301306072a8648ce3d020106082a8648ce3d030107034200';
  const number = (value) => {
    let digits = value.toString(16);
    digits = digits.length % 2 ? `0${digits}` : digits;
    const raw = hexToBytes(digits);
    return raw[0] & 0x80 ? concatBytes(Uint8Array.of(0), raw) : raw;
  };
  const tlv = (tag, value) => concatBytes(Uint8Array.of(tag, value.length), value);
  const der = (r, s) => tlv(0x30, concatBytes(tlv(2, number(r)), tlv(2, number(s))));
  const groups = [];
  for (let i = 0; i < 4; i++) {
    const secret = bytes(`p256 secret ${i}`, 32);
    const sign = msg => p256.Signature.fromBytes(p256.sign(msg, secret, { lowS: false, extraEntropy: false }), 'compact');
    const tests = [];
    for (const length of [0, 1, 32, 64, 1000]) {
      const msg = bytes(`p256 msg ${i} ${length}`, length), { r, s } = sign(msg);
      tests.push(test('valid', `${length} bytes`, { msg, sig: der(r, s) }));
      tests.push(test('valid', 'n - s, which is as good', { msg, sig: der(r, N - s) }));
      tests.push(test('invalid', 'another message', { msg: concatBytes(msg, Uint8Array.of(0)), sig: der(r, s) }));
    }
    const msg = bytes(`p256 msg ${i}`, 40), { r, s } = sign(msg), good = der(r, s);
    for (const [comment, sig] of [
      ['r and s changed round', der(s, r)], ['r = 0', der(0n, s)], ['s = 0', der(r, 0n)], ['r = n', der(N, s)], ['s = n', der(r, N)], ['r + n', der(r + N, s)], ['s + n', der(r, s + N)],
      ['r = s = 0', der(0n, 0n)], ['r = s = 1', der(1n, 1n)], ['a byte behind it', concatBytes(good, Uint8Array.of(0))], ['a byte behind s', tlv(0x30, concatBytes(good.slice(2), Uint8Array.of(0)))],
      ['a third number', tlv(0x30, concatBytes(good.slice(2), tlv(2, Uint8Array.of(1))))], ['cut', good.slice(0, -1)], ['nothing', new Uint8Array()],
      ['a length in the long form', concatBytes(Uint8Array.of(0x30, 0x81), good.slice(1))], ['an indefinite length', concatBytes(Uint8Array.of(0x30, 0x80), good.slice(2), Uint8Array.of(0, 0))],
      ['a leading zero too many', tlv(0x30, concatBytes(tlv(2, concatBytes(Uint8Array.of(0), number(r))), tlv(2, number(s))))],
      ['r and s in 64 bytes', p256.sign(msg, secret, { lowS: false })], ['another hash', p256.sign(sha512(msg).slice(0, 32), secret, { prehash: false, format: 'der' })],
      ['negative s', tlv(0x30, concatBytes(tlv(2, number(r)), tlv(2, hexToBytes((s | 1n << 255n).toString(16)))))],
    ]) tests.push(test('invalid', comment, { msg, sig }));
    groups.push(group(spki, p256.getPublicKey(secret, false), tests));
  }
  // One whose s needs its leading zero, and has lost it.
  const secret = bytes('p256 secret zero', 32);
  const [msg, { r, s }] = [...Array(100).keys()].map(i => bytes(`p256 zero ${i}`, 20)).map(m => [m, p256.Signature.fromBytes(p256.sign(m, secret, { lowS: false }), 'compact')]).find(([, x]) => x.s >> 255n && !(x.r >> 255n));
  groups.push(group(spki, p256.getPublicKey(secret, false), [
    test('valid', 's with its leading zero', { msg, sig: der(r, s) }),
    test('invalid', 's without its leading zero', { msg, sig: tlv(0x30, concatBytes(tlv(2, number(r)), tlv(2, number(s).slice(1)))) })]));
  const compressed = concatBytes(hexToBytes('3039301306072a8648ce3d020106082a8648ce3d030107032200'), p256.getPublicKey(secret, true));
  groups.push({ publicKeyDer: hex(compressed), publicKeyPem: pem(compressed), tests: [test('invalid', 'a compressed key: no identity, there is one encoding of it', { msg, sig: der(r, s) })] });
  write('ecdsa_secp256r1_sha256', 'ECDSA', CURVES, groups);
}

// ---- Hashes, HMAC, HKDF
for (const name of ['sha256', 'sha512', 'blake2s', 'blake2b']) {
  const hash = HASH[name], block = hash.blockLen, plain = NAME[name].replace('-', '');
  const lengths = [...new Set([...LENGTHS, block - 1, block, block + 1, 2 * block, 10000])];
  write(`hash_${name}`, plain, HASHES, [{ sha: plain, tests: lengths.map(length => {
    const msg = bytes(`hash ${length}`, length);
    return test('valid', `${length} bytes`, { msg, digest: hash(msg) });
  }) }]);

  const tests = [];
  for (const keyLength of [0, 1, 20, 32, block - 1, block, block + 1, 200]) {
    for (const length of [0, 1, 50, block, 1000]) {
      const key = bytes(`hmac key ${keyLength}`, keyLength), msg = bytes(`hmac msg ${length}`, length), tag = hmac(hash, key, msg);
      tests.push(test('valid', `key of ${keyLength} bytes`, { key, msg, tag }));
      if (length === 50) tests.push(test('invalid', 'tag changed', { key, msg, tag: flip(tag, 8 * hash.outputLen - 1) }));
      if (keyLength === 32) tests.push(test('invalid', 'another key', { key: flip(key, 0), msg, tag }));
    }
  }
  write(`hmac_${name}`, `HMAC${plain}`, HASHES, [{ tagSize: 8 * hash.outputLen, type: 'MacTest', tests }]);
}

for (const name of Object.keys(HASH)) {
  const hash = HASH[name], size = hash.outputLen, isBlake = name.startsWith('blake');
  const tests = [];
  for (const saltLength of [0, 1, size, 200]) {
    for (const ikmLength of [0, 1, 32, 97]) {
      const salt = bytes(`hkdf salt ${saltLength}`, saltLength), ikm = bytes(`hkdf ikm ${ikmLength}`, ikmLength);
      // Noise's form; and any other where a key is derived from a secret.
      for (const length of [2 * size, 3 * size]) tests.push(test('valid', 'no info', { ikm, salt, info: new Uint8Array(), size: length, okm: hkdf(hash, ikm, salt, new Uint8Array(), length) }));
      if (isBlake) continue;
      for (const length of [1, 42, 5 * size + 1]) {
        const info = bytes(`hkdf info ${length}`, length % 50);
        tests.push(test('valid', `${info.length} bytes of info`, { ikm, salt, info, size: length, okm: hkdf(hash, ikm, salt, info, length) }));
      }
    }
  }
  if (!isBlake) {
    const ikm = bytes('hkdf long', 32), none = new Uint8Array();
    tests.push(test('valid', 'as much as there is', { ikm, salt: none, info: none, size: 255 * size, okm: hkdf(hash, ikm, none, none, 255 * size) }));
    tests.push(test('invalid', 'more than there is', { ikm, salt: none, info: none, size: 255 * size + 1, okm: none }));
  }
  write(`hkdf_${name}`, `HKDF-${NAME[name]}`, HASHES, [{ type: 'HkdfTest', tests }]);
}

// ---- PBKDF2, and PBES2 over it: what opens key files
const PASSPHRASES = ['a', 'correct horse battery staple', 'ключ £ 鍵', 'x'.repeat(200)].map(utf8ToBytes);
{
  const tests = [];
  for (const password of PASSPHRASES) {
    for (const [iterationCount, dkLen] of [[1, 16], [2, 32], [1000, 33], [4096, 100]]) {
      const salt = bytes(`pbkdf2 ${iterationCount}`, iterationCount % 40 + 8);
      tests.push(test('valid', `${iterationCount} rounds`, { password, salt, iterationCount, dkLen, dk: pbkdf2(sha256, password, salt, { c: iterationCount, dkLen }) }));
    }
  }
  write('pbkdf2_hmacsha256', 'PBKDF2-HMACSHA256', HASHES, [{ type: 'PbkdfTest', tests }]);
}

for (const [name, prf, hash, bits] of [['pbes2_hmacsha1_aes_128', 'Sha1', sha1, 128], ['pbes2_hmacsha256_aes_256', 'Sha256', sha256, 256], ['pbes2_hmacsha384_aes_192', 'Sha384', sha384, 192], ['pbes2_hmacsha512_aes_256', 'Sha512', sha512, 256]]) {
  const tests = [];
  for (const password of PASSPHRASES) {
    for (const length of [0, 1, 15, 16, 17, 48, 1218]) {
      const salt = bytes(`${name} salt`, 16), iv = bytes(`${name} iv ${length}`, 16), msg = bytes(`${name} ${length}`, length), iterationCount = 2048;
      const key = pbkdf2(hash, password, salt, { c: iterationCount, dkLen: bits / 8 });
      tests.push(test('valid', `${length} bytes`, { password, salt, iterationCount, iv, msg, ct: cbc(key, iv).encrypt(msg) }));
      const bad = concatBytes(bytes(`${name} bad`, 15), Uint8Array.of(length === 16 ? 0 : 17));
      tests.push(test('invalid', 'padding that is none', { password, salt, iterationCount, iv, msg: new Uint8Array(), ct: cbc(key, iv, { disablePadding: true }).encrypt(bad) }));
    }
  }
  write(name, `PbeWithHmac${prf}AndAes_${bits}`, `${HASHES}, ${CIPHERS}`, [{ type: 'PbeTest', tests }]);
}

// ---- ML-KEM-768
{
  const group = { parameterSet: 'ML-KEM-768', type: 'MLKEM' }, keys = [...Array(8).keys()].map(i => ({ seed: bytes(`mlkem seed ${i}`, 64), ...ml_kem768.keygen(bytes(`mlkem seed ${i}`, 64)) }));
  const generation = keys.map(({ seed, publicKey, secretKey }) => test('valid', 'a seed', { seed, ek: publicKey, dk: secretKey }));
  for (const length of [0, 32, 63, 65]) generation.push(test('invalid', `a seed of ${length} bytes`, { seed: bytes('mlkem seed', length), ek: '', dk: '' }));
  write('mlkem_768_keygen_seed', 'ML-KEM', '@noble/post-quantum 0.7.1', [{ ...group, tests: generation }]);

  const encapsulation = [], decapsulation = [];
  keys.forEach(({ seed, publicKey, secretKey }, i) => {
    const m = bytes(`mlkem m ${i}`, 32), { cipherText, sharedSecret } = ml_kem768.encapsulate(publicKey, m);
    encapsulation.push(test('valid', 'a key', { m, ek: publicKey, c: cipherText, K: sharedSecret }));
    decapsulation.push(test('valid', 'a ciphertext', { seed, c: cipherText, K: sharedSecret }));
    for (const bad of [flip(cipherText, 0), flip(cipherText, 8 * 1087), new Uint8Array(1088), ml_kem768.encapsulate(keys[(i + 1) % 8].publicKey, m).cipherText]) {
      decapsulation.push(test('valid', 'another ciphertext: implicit rejection', { seed, c: bad, K: ml_kem768.decapsulate(bad, secretKey) }));
    }
  });
  const { seed, publicKey } = keys[0], m = bytes('mlkem m', 32);
  const coefficient = (at, value) => {
    const key = Uint8Array.from(publicKey);
    const i = Math.floor(at / 2) * 3;
    if (at % 2) { key[i + 1] = (key[i + 1] & 0x0f) | ((value & 0x0f) << 4); key[i + 2] = value >> 4; }
    else { key[i] = value & 0xff; key[i + 1] = (key[i + 1] & 0xf0) | (value >> 8); }
    return key;
  };
  for (const at of [0, 1, 255, 256, 511, 767]) for (const value of [3329, 4095]) encapsulation.push(test('invalid', `coefficient ${at} is ${value}`, { m, ek: coefficient(at, value), c: '', K: '' }, 'ModulusOverflow'));
  for (const at of [0, 1, 767]) {
    const ek = coefficient(at, 3328), { cipherText, sharedSecret } = ml_kem768.encapsulate(ek, m);
    encapsulation.push(test('valid', `coefficient ${at} is 3328`, { m, ek, c: cipherText, K: sharedSecret }));
  }
  for (const length of [0, 1183, 1185]) encapsulation.push(test('invalid', `a key of ${length} bytes`, { m, ek: concatBytes(publicKey, publicKey).slice(0, length), c: '', K: '' }));
  for (const length of [0, 1087, 1089]) decapsulation.push(test('invalid', `a ciphertext of ${length} bytes`, { seed, c: bytes('mlkem c', length), K: '' }));
  write('mlkem_768_encaps', 'ML-KEM', '@noble/post-quantum 0.7.1', [{ ...group, tests: encapsulation }]);
  write('mlkem_768', 'ML-KEM', '@noble/post-quantum 0.7.1', [{ ...group, tests: decapsulation }]);
}
