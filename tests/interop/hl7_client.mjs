// Sends HL7 v2 files over MLLP with a client that is not ours, and prints "FILE CODE" of each acknowledgement.
// Usage: hl7_client.mjs HOST:PORT [--with medplum|node-hl7] [--key FILE --cert FILE --ca FILE] [--count N] [--refused] FILE…
//   FILE…       one connection, one after the other; exit 1 unless each is answered AA or CA under its own id
//   --count N   each file N times without waiting, with its MSH-10 continued by a number; then as many must be answered
//   --refused   each must be answered AE, with an ERR that tells the place
//   --enhanced  each must be answered CA, then AA
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { parseArgs } from 'node:util';
import tls from 'node:tls';
import { Hl7Message } from '@medplum/core';
import { Hl7Connection } from '@medplum/hl7';
import { Client, Message } from 'node-hl7-client';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    with: { type: 'string', default: 'medplum' },
    key: { type: 'string' },
    cert: { type: 'string' },
    ca: { type: 'string' },
    count: { type: 'string' },
    refused: { type: 'boolean' },
    enhanced: { type: 'boolean' },
  },
});
const [address, ...files] = positionals;
const colon = address.lastIndexOf(':');
const peer = { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
const file = (name) => options[name] && readFileSync(options[name]);
const secure = options.ca && { key: file('key'), cert: file('cert'), ca: file('ca'), servername: 'localhost' };
const kPatience = 10_000;

/** What the peer writes, whatever the library makes of it: both take answers that come in one read for one. */
class Answers {
  #seen = '';
  #waiting = [];
  watch(socket) {
    socket.on('data', (bytes) => {
      this.#seen += bytes;
      this.#waiting = this.#waiting.filter((settle) => !settle());
    });
  }
  /** Each id's codes, in their order. */
  codes() {
    const codes = new Map();
    for (const [, code, id] of this.#seen.matchAll(/\rMSA\|(\w\w)\|([^|\r]*)/g)) codes.set(id, [...(codes.get(id) ?? []), code]);
    return codes;
  }
  /** Until each of these ids has as many answers. */
  async all(ids, answers = 1) {
    const missing = () => ids.filter((id) => (this.codes().get(id)?.length ?? 0) < answers);
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${missing().length} of ${ids.length} are not answered`)), kPatience);
      const settle = () => missing().length === 0 && (clearTimeout(late), resolve(this.codes()), true);
      if (!settle()) this.#waiting.push(settle);
    });
  }
}

/** The library's own framing, sending and matching over a socket of ours: its client has no TLS. */
class Medplum {
  answers = new Answers();
  async open() {
    const socket = secure ? tls.connect({ ...peer, ...secure }) : net.connect(peer);
    await new Promise((resolve, reject) => socket.once(secure ? 'secureConnect' : 'connect', resolve).once('error', reject));
    this.answers.watch(socket);
    this.ended = new Promise((_, reject) => socket.once('error', reject).once('close', () => reject(new Error('closed'))));
    this.ended.catch(() => {}); // told to whoever waits for an answer
    this.connection = new Hl7Connection(socket, 'utf-8');
  }
  /** It matches the answer's MSA-2 with our MSH-10. */
  async ask(text) {
    const answered = this.connection.sendAndWait(Hl7Message.parse(text), { timeoutMs: kPatience });
    const answer = await Promise.race([answered, this.ended]);
    return { code: answer.getSegment('MSA').getField(1).toString(), error: answer.getSegment('ERR')?.toString() };
  }
  send(text) {
    this.connection.send(Hl7Message.parse(text));
  }
  close() {
    return this.connection.close();
  }
}

class NodeHl7 {
  answers = new Answers();
  #told = () => {};
  async open() {
    const client = new Client({ ...peer, ...(secure ? { tls: secure } : {}) });
    this.connection = client.createConnection({ port: peer.port, waitAck: false }, (answer) => this.#told(answer.getMessage()));
    this.answers.watch(this.connection._socket);
    await new Promise((resolve, reject) => {
      this.connection.once('connect', resolve);
      this.connection._socket.once('error', reject);
    });
  }
  async ask(text) {
    const answer = await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('no answer')), kPatience);
      this.#told = (message) => (clearTimeout(late), resolve(message));
      this.send(text);
    });
    const id = new Message({ text }).get('MSH.10').toString();
    const of = answer.get('MSA.2').toString();
    if (of !== id) throw new Error(`the answer is for '${of}', not for '${id}'`);
    return { code: answer.get('MSA.1').toString(), error: answer.exists('ERR') ? answer.get('ERR').toString() : undefined };
  }
  send(text) {
    void this.connection.sendMessage(new Message({ text }));
  }
  close() {
    return this.connection.close();
  }
}

/** MSH-10 continued by a number. */
function numbered(text, number) {
  const [head, ...rest] = text.split('\r');
  const fields = head.split('|');
  fields[9] += `-${number}`;
  return { id: fields[9], text: [fields.join('|'), ...rest].join('\r') };
}

const good = (code) => code === 'AA' || code === 'CA';
let failed = files.length === 0;
const client = options.with === 'medplum' ? new Medplum() : new NodeHl7();
try {
  await client.open();
  for (const name of files) {
    const text = readFileSync(name, 'utf8');
    if (options.count) {
      const all = Array.from({ length: Number(options.count) }, (_, i) => numbered(text, i + 1));
      for (const one of all) client.send(one.text);
      const codes = await client.answers.all(all.map((one) => one.id));
      const answered = all.filter((one) => codes.get(one.id).every(good)).length;
      console.log(`${name} ${answered} of ${all.length}`);
      failed ||= answered !== all.length;
      continue;
    }
    if (options.enhanced) {
      const id = text.split('|')[9];
      client.send(text);
      const codes = (await client.answers.all([id], 2)).get(id).join(' ');
      console.log(`${name} ${codes}`);
      failed ||= codes !== 'CA AA';
      continue;
    }
    const { code, error } = await client.ask(text);
    console.log(`${name} ${code}${error ? ` ${error}` : ''}`);
    failed ||= options.refused ? code !== 'AE' || !error : !good(code);
  }
  await client.close();
} catch (error) {
  console.error(error.message);
  failed = true;
}
process.exit(failed ? 1 : 0); // its timers would go on
