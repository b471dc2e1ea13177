// Whether a receiver understood each message as it was sent. Usage: same_text.mjs RECEIVED.jsonl FILE…   in order of sending.
// Both parsers drop the ends of line after the last segment.
import { readFileSync } from 'node:fs';

const [received, ...files] = process.argv.slice(2);
const messages = readFileSync(received, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
const lines = (text) => text.split(/[\r\n]+/).filter(Boolean);
let failed = messages.length !== files.length;
if (failed) console.error(`${files.length} were sent, ${messages.length} received`);
for (const [index, file] of files.entries()) {
  const sent = lines(readFileSync(file, 'utf8'));
  const got = lines(messages[index]?.text ?? '');
  const at = sent.findIndex((line, i) => line !== got[i]);
  if (at < 0 && sent.length === got.length) continue;
  failed = true;
  console.error(`${file}: segment ${at < 0 ? sent.length : at} differs\n  sent     ${sent[at]}\n  received ${got[at]}`);
}
if (!failed) console.log(`${files.length} messages received as sent`);
process.exit(failed ? 1 : 0);
