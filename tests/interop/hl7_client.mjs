// Sends HL7 v2 files over MLLP with @medplum/hl7, one connection, one after the other, and prints "FILE CODE" of each
// acknowledgement. Usage: hl7_client.mjs HOST:PORT FILE…   Exit 1 unless each is answered AA or CA under its own id.
import { readFileSync } from 'node:fs';
import { Hl7Message } from '@medplum/core';
import { Hl7Client } from '@medplum/hl7';

const [address, ...files] = process.argv.slice(2);
const colon = address.lastIndexOf(':');
const client = new Hl7Client({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)), encoding: 'utf-8' });
let failed = files.length === 0;
try {
  for (const file of files) {
    const message = Hl7Message.parse(readFileSync(file, 'utf8'));
    // It matches the answer's MSA-2 with our MSH-10, and waits no longer than this.
    const answer = await client.sendAndWait(message, { timeoutMs: 10_000 });
    const code = answer.getSegment('MSA').getField(1).toString();
    console.log(`${file} ${code}`);
    failed ||= code !== 'AA' && code !== 'CA';
  }
} catch (error) {
  console.error(error.message);
  failed = true;
}
await client.close();
process.exit(failed ? 1 : 0); // its timers would go on
