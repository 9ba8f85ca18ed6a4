// Seals or opens one age file with typage, Filippo Valsorda's age in TypeScript: node typage_peer.mjs seal RECIPIENT, or open IDENTITY.
// Standard input and output carry the plaintext or the file.
import { Encrypter, Decrypter } from "age-encryption";

const [task, key] = process.argv.slice(2);
const chunks = [];
for await (const chunk of process.stdin) {
    chunks.push(chunk);
}

const input = new Uint8Array(Buffer.concat(chunks));
const worker = task === "seal" ? new Encrypter() : new Decrypter();
if (task === "seal") {
    worker.addRecipient(key);
    process.stdout.write(await worker.encrypt(input));
} else {
    worker.addIdentity(key);
    process.stdout.write(await worker.decrypt(input));
}
