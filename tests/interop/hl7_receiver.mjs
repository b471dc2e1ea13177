// A receiver of HL7 v2 over MLLP that is not ours. Prints "listening PORT" (loopback), answers AA, writes one line of
// JSON for each message, ends after COUNT messages (0: never). A message whose MSH-10 begins with REFUSE is answered AE.
// Usage: hl7_receiver.mjs OUT.jsonl [--count N] [--with medplum|node-hl7] [--key FILE --cert FILE [--ca FILE]]
// With --ca it asks for a client certificate. node-hl7 appends a second message of one connection to the first: so each
// connection of it is ended after one answer.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import { parseArgs } from 'node:util';
import { Hl7Connection, Hl7Server } from '@medplum/hl7';
import { Server } from 'node-hl7-server';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '1' },
    with: { type: 'string', default: 'medplum' },
    key: { type: 'string' },
    cert: { type: 'string' },
    ca: { type: 'string' },
  },
});
const out = positionals[0];
writeFileSync(out, '');
let missing = Number(options.count);
const file = (name) => options[name] && readFileSync(options[name]);
const secure = options.key && { key: file('key'), cert: file('cert'), ca: file('ca'), requestCert: Boolean(options.ca) };

// Both libraries listen on every interface of the host.
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (where, ...rest) {
  this.once('listening', () => console.log(`listening ${this.address().port}`));
  return listen.call(this, { port: where.port ?? where, host: '127.0.0.1' }, ...rest.filter((r) => typeof r === 'function'));
};

/** How the library's parser understood it: segments by name, in order of first appearance. */
function note(text, type, controlId) {
  const segments = {};
  for (const line of text.split('\r').filter(Boolean)) segments[line.slice(0, 3)] = (segments[line.slice(0, 3)] ?? 0) + 1;
  appendFileSync(out, JSON.stringify({ with: options.with, type, controlId, segments, text }) + '\n');
  return --missing === 0;
}
const codeFor = (controlId) => (controlId.startsWith('REFUSE') ? 'AE' : 'AA');

/** Its server has no TLS: then its connections stand on a TLS server's sockets. */
function medplum() {
  const accept = (connection, stop) => {
    connection.addEventListener('message', ({ message }) => {
      const header = message.getSegment('MSH');
      const controlId = header.getField(10).toString();
      connection.send(message.buildAck({ ackCode: codeFor(controlId) }));
      if (note(message.toString(), header.getField(9).toString(), controlId)) {
        connection.socket.end();
        stop();
      }
    });
  };
  if (secure) {
    const server = tls.createServer(secure, (socket) => accept(new Hl7Connection(socket, 'utf-8'), () => server.close()));
    server.listen({ port: 0 });
  } else {
    const server = new Hl7Server((connection) => accept(connection, () => server.stop({ forceDrainTimeoutMs: 5000 })));
    server.start(0, 'utf-8');
  }
}

function nodeHl7() {
  const server = new Server(secure ? { tls: secure } : {});
  const inbound = server.createInbound({ port: 0 }, async (request, response) => {
    const message = request.getMessage();
    const controlId = message.get('MSH.10').toString();
    await response.sendResponse(codeFor(controlId));
    const type = [1, 2, 3].map((component) => message.get(`MSH.9.${component}`).toString()).join('^');
    const last = note(message.toString(), type, controlId);
    for (const socket of inbound._sockets) socket.end();
    if (last) inbound._socket.close();
  });
  inbound.on('data.error', (error) => {
    console.error(`cannot read a message: ${error.message}`);
    process.exit(1);
  });
}

if (options.with === 'medplum') medplum();
else nodeHl7();
