// Writes files in the form of Project Wycheproof, one test a line.
import { writeFileSync } from 'node:fs';
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';

export const hex = bytesToHex;

/** Bytes that look random and are the same on every run. */
export function bytes(label, length) {
  const blocks = [];
  for (let i = 0; i * 64 < length; i++) blocks.push(sha512(utf8ToBytes(`SecureStation vectors ${label} ${i}`)));
  return concatBytes(...blocks, new Uint8Array()).slice(0, length);
}

/** A copy with one bit changed. */
export function flip(value, bit) {
  const copy = Uint8Array.from(value);
  copy[bit >> 3] ^= 1 << (bit & 7);
  return copy;
}

/** A test; bytes become hex. */
export function test(result, comment, values, ...flags) {
  const shown = Object.entries(values).map(([name, value]) => [name, value instanceof Uint8Array ? hex(value) : value]);
  return { comment, flags, ...Object.fromEntries(shown), result };
}

/** @param groups [{ group's own values, tests: [...] }] */
export function write(name, algorithm, madeWith, groups) {
  let tcId = 0;
  const numbered = groups.map(({ tests, ...own }) => ({ own, tests: tests.map(t => ({ tcId: ++tcId, ...t })) }));
  const text = numbered.map(({ own, tests }) =>
    `{${JSON.stringify(own).slice(1, -1)}${Object.keys(own).length ? ',' : ''}"tests":[\n${tests.map(t => JSON.stringify(t)).join(',\n')}\n]}`);
  writeFileSync(new URL(`../${name}_test.json`, import.meta.url),
    `{"algorithm":"${algorithm}","madeWith":"${madeWith}","numberOfTests":${tcId},"testGroups":[\n${text.join(',\n')}\n]}\n`);
}
