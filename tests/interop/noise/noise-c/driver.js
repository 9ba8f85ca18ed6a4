// A driver of noise-c.wasm; see ../README.md.
'use strict';
const readline = require('readline');
const createLib = require('noise-c.wasm');

const [name, role, prologue, privateKey, remoteStatic] = process.argv.slice(2);
const decode = text => (text === '-' ? null : new Uint8Array(Buffer.from(text, 'hex')));
const encode = bytes => Buffer.from(bytes).toString('hex');
const say = (mark, bytes) => process.stdout.write(`${mark} ${encode(bytes)}\n`);
const payload = new Uint8Array(Buffer.from('driver'));

createLib(async lib => {
  try {
    const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
    const read = async () => decode((await lines.next()).value.trim());
    const c = lib.constants;
    const isInitiator = role === 'initiator';
    const state = lib.HandshakeState(name, isInitiator ? c.NOISE_ROLE_INITIATOR : c.NOISE_ROLE_RESPONDER);
    state.Initialize(decode(prologue), decode(privateKey), decode(remoteStatic), null);
    let messages = 0;
    while (state.GetAction() !== c.NOISE_ACTION_SPLIT) {
      if (state.GetAction() === c.NOISE_ACTION_WRITE_MESSAGE) {
        say('>', state.WriteMessage(payload));
      } else {
        say('=', state.ReadMessage(await read(), true));
      }
      messages++;
    }
    say('#', state.GetHandshakeHash());
    const [sending, receiving] = state.Split();
    const none = new Uint8Array(0);
    for (const fromInitiator of messages === 1 ? [true] : [true, false]) {
      if (fromInitiator === isInitiator) {
        say('>', sending.EncryptWithAd(none, payload));
      } else {
        say('=', receiving.DecryptWithAd(none, await read()));
      }
    }
    process.exit(0);
  } catch (e) {
    process.stderr.write(`${e && e.stack || e}\n`);
    process.exit(2);
  }
});
