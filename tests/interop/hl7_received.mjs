// Whether a receiver got each of these messages, at least once and each time as it was sent; others do not matter.
// Usage: hl7_received.mjs RECEIVED.jsonl FILE…
import { readFileSync } from 'node:fs';

const [received, ...files] = process.argv.slice(2);
const messages = readFileSync(received, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
const lines = (text) => text.split(/[\r\n]+/).filter(Boolean).join('\n'); // both parsers drop the last end of line
let failed = false;
for (const file of files) {
  const sent = lines(readFileSync(file, 'utf8'));
  const id = sent.split('|')[9];
  const got = messages.filter((message) => message.controlId === id);
  if (got.length > 0 && got.every((message) => lines(message.text) === sent)) continue;
  failed = true;
  console.error(`${file}: ${got.length === 0 ? 'never received' : 'received otherwise than sent'}`);
}
process.exit(failed ? 1 : 0);
