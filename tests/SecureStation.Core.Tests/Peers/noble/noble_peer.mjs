// A Noise peer over @noble's primitives, written from the specifications (revision 34, and hybrid forward secrecy with ML-KEM-768), to try the
// product's engine against another one. It is for tests: nothing is wiped.
//
//   node noble_peer.mjs '{"role":"initiator","name":"Noise_XXhfs_25519+MLKEM768_AESGCM_SHA256","prologue":"…","s":"…","rs":"…","psks":["…"]}'
//
// A message is a line of hexadecimal digits: its own go to standard output, the peer's come by standard input. The payload of handshake message N, from 0,
// is "payload N". Then comes the line "h " and the handshake hash; then a transport message of the initiator, "to the responder", and one of the responder,
// "to the initiator".
import { createInterface } from 'node:readline';
import { gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { blake2b, blake2s } from '@noble/hashes/blake2.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';

// Pre-messages (initiator's, responder's), then the messages in turn.
const patterns = {
  XX: [[], [], ['e'], ['e', 'ee', 's', 'es'], ['s', 'se']],
  XXpsk3: [[], [], ['e'], ['e', 'ee', 's', 'es'], ['s', 'se', 'psk']],
  XXhfs: [[], [], ['e', 'e1'], ['e', 'ee', 'ekem1', 's', 'es'], ['s', 'se']],
  'XXhfs+psk3': [[], [], ['e', 'e1'], ['e', 'ee', 'ekem1', 's', 'es'], ['s', 'se', 'psk']],
  IKhfs: [[], ['s'], ['e', 'es', 'e1', 's', 'ss'], ['e', 'ee', 'ekem1', 'se']],
  KKhfs: [['s'], ['s'], ['e', 'es', 'e1', 'ss'], ['e', 'ee', 'ekem1', 'se']],
};
const hashes = { SHA256: sha256, SHA512: sha512, BLAKE2s: blake2s, BLAKE2b: blake2b };

const config = JSON.parse(process.argv[2]);
const [, patternName, keyExchange, cipherName, hashName] = config.name.split('_');
const hash = hashes[hashName];
const [initiatorKnown, responderKnown, ...messages] = patterns[patternName];
if ((keyExchange === '25519+MLKEM768') !== patternName.includes('hfs')) throw new Error(`no such protocol: ${config.name}`);

function cipher(key, n, ad) {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setBigUint64(4, BigInt(n), cipherName === 'ChaChaPoly');
  return cipherName === 'ChaChaPoly' ? chacha20poly1305(key, nonce, ad) : gcm(key, nonce, ad);
}

const name = utf8ToBytes(config.name);
let h = name.length <= hash.outputLen ? concatBytes(name, new Uint8Array(hash.outputLen - name.length)) : hash(name);
let ck = h;
let k = null;
let n = 0;

const mixHash = (data) => { h = hash(concatBytes(h, data)); };
function hkdf(input, count) {
  const temp = hmac(hash, ck, input);
  const outputs = [];
  for (let i = 1; i <= count; i++) outputs.push(hmac(hash, temp, concatBytes(outputs.at(-1) ?? new Uint8Array(), Uint8Array.of(i))));
  return outputs;
}
function mixKey(input) {
  const [newCk, temp] = hkdf(input, 2);
  [ck, k, n] = [newCk, temp.slice(0, 32), 0];
}
function mixKeyAndHash(input) {
  const [newCk, tempH, temp] = hkdf(input, 3);
  mixHash(tempH);
  [ck, k, n] = [newCk, temp.slice(0, 32), 0];
}
function encryptAndHash(plaintext) {
  const ciphertext = k ? cipher(k, n++, h).encrypt(plaintext) : plaintext;
  mixHash(ciphertext);
  return ciphertext;
}
function decryptAndHash(ciphertext) {
  const plaintext = k ? cipher(k, n++, h).decrypt(ciphertext) : ciphertext;
  mixHash(ciphertext);
  return plaintext;
}

const isInitiator = config.role === 'initiator';
const psks = (config.psks ?? []).map(hexToBytes);
const hasPsk = messages.some((tokens) => tokens.includes('psk'));
const s = config.s ? hexToBytes(config.s) : null;
let rs = config.rs ? hexToBytes(config.rs) : null;
let e, re, e1, re1;

const agree = (secretKey, publicKey) => mixKey(x25519.getSharedSecret(secretKey, publicKey));
function mix(token) {
  switch (token) {
    case 'ee': return agree(e, re);
    case 'es': return isInitiator ? agree(e, rs) : agree(s, re);
    case 'se': return isInitiator ? agree(s, re) : agree(e, rs);
    case 'ss': return agree(s, rs);
    case 'psk': return mixKeyAndHash(psks.shift());
    default: throw new Error(`no such token: ${token}`);
  }
}
function mixEphemeral(publicKey) {
  mixHash(publicKey);
  if (hasPsk) mixKey(publicKey);
}

function writeMessage(tokens, payload) {
  const parts = [];
  for (const token of tokens) {
    if (token === 'e') {
      e = x25519.utils.randomSecretKey();
      parts.push(x25519.getPublicKey(e));
      mixEphemeral(parts.at(-1));
    } else if (token === 's') {
      parts.push(encryptAndHash(x25519.getPublicKey(s)));
    } else if (token === 'e1') {
      e1 = ml_kem768.keygen();
      parts.push(encryptAndHash(e1.publicKey));
    } else if (token === 'ekem1') {
      const { cipherText, sharedSecret } = ml_kem768.encapsulate(re1);
      parts.push(encryptAndHash(cipherText));
      mixKey(sharedSecret);
    } else {
      mix(token);
    }
  }
  parts.push(encryptAndHash(payload));
  return concatBytes(...parts);
}

function readMessage(tokens, message) {
  const take = (length) => {
    if (message.length < length) throw new Error('the message is too short');
    const part = message.subarray(0, length);
    message = message.subarray(length);
    return part;
  };
  for (const token of tokens) {
    const tag = k ? 16 : 0;
    if (token === 'e') {
      re = take(32);
      mixEphemeral(re);
    } else if (token === 's') {
      rs = decryptAndHash(take(32 + tag));
    } else if (token === 'e1') {
      re1 = decryptAndHash(take(1184 + tag));
    } else if (token === 'ekem1') {
      mixKey(ml_kem768.decapsulate(decryptAndHash(take(1088 + tag)), e1.secretKey));
    } else {
      mix(token);
    }
  }
  return decryptAndHash(message);
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const receive = async () => {
  const { value, done } = await lines.next();
  if (done) throw new Error('the peer has gone');
  return hexToBytes(value.trim());
};
const send = (bytes) => console.log(bytesToHex(bytes));
const expect = (text, bytes) => {
  if (new TextDecoder().decode(bytes) !== text) throw new Error(`'${new TextDecoder().decode(bytes)}' instead of '${text}'`);
};

mixHash(hexToBytes(config.prologue ?? ''));
for (const _ of initiatorKnown) mixHash(isInitiator ? x25519.getPublicKey(s) : rs);
for (const _ of responderKnown) mixHash(isInitiator ? rs : x25519.getPublicKey(s));
for (let i = 0; i < messages.length; i++) {
  if ((i % 2 === 0) === isInitiator) send(writeMessage(messages[i], utf8ToBytes(`payload ${i}`)));
  else expect(`payload ${i}`, readMessage(messages[i], await receive()));
}

console.log(`h ${bytesToHex(h)}`);
const [toResponder, toInitiator] = hkdf(new Uint8Array(), 2).map((key) => cipher(key.slice(0, 32), 0, new Uint8Array()));
if (isInitiator) {
  send(toResponder.encrypt(utf8ToBytes('to the responder')));
  expect('to the initiator', toInitiator.decrypt(await receive()));
} else {
  expect('to the responder', toResponder.decrypt(await receive()));
  send(toInitiator.encrypt(utf8ToBytes('to the initiator')));
}
process.exit(0);
