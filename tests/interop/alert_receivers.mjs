// Receivers of alerts that are not ours: a mail server (smtp-server) and a web server. Prints "mail PORT" and "web PORT"
// (loopback), and writes one line of JSON for each alert.
// Usage: alert_receivers.mjs OUT.jsonl --key FILE --cert FILE [--mail PORT --web PORT] [--tls]
// The mail server wants STARTTLS (with --tls: TLS from the beginning) and the user "gateway" with the password "secret";
// the web server wants "Bearer secret".
import { appendFileSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { parseArgs } from 'node:util';
import { SMTPServer } from 'smtp-server';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    key: { type: 'string' },
    cert: { type: 'string' },
    mail: { type: 'string', default: '0' },
    web: { type: 'string', default: '0' },
    tls: { type: 'boolean', default: false },
  },
});
const out = positionals[0];
const note = (one) => appendFileSync(out, JSON.stringify(one) + '\n');

/** RFC 2047 words and a base64 body, as a mail program shows them. */
function shown(raw) {
  const [head, ...rest] = raw.split('\r\n\r\n');
  const unfolded = head.replace(/\r\n[ \t]/g, ' ');
  const headers = Object.fromEntries(unfolded.split('\r\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
  const subject = headers.Subject.replace(/\?= =\?/g, '?==?').replace(/=\?UTF-8\?B\?([^?]*)\?=/g, (_, word) => Buffer.from(word, 'base64').toString());
  return { from: headers.From, subject, text: Buffer.from(rest.join('\r\n\r\n'), 'base64').toString() };
}

const mail = new SMTPServer({
  secure: options.tls,
  key: readFileSync(options.key),
  cert: readFileSync(options.cert),
  authMethods: ['PLAIN'],
  onAuth(auth, session, done) {
    const good = session.secure && auth.username === 'gateway' && auth.password === 'secret';
    done(good ? null : new Error('who is it?'), { user: auth.username });
  },
  onData(stream, session, done) {
    let raw = '';
    stream.on('data', (part) => (raw += part));
    stream.on('end', () => {
      note({ by: 'mail', to: session.envelope.rcptTo.map((one) => one.address), tls: Boolean(session.secure), ...shown(raw) });
      done(null, 'taken');
    });
  },
});
mail.listen(Number(options.mail), '127.0.0.1', () => console.log(`mail ${mail.server.address().port}`));
mail.on('error', () => {});

const web = http.createServer((request, response) => {
  let text = '';
  request.on('data', (part) => (text += part));
  request.on('end', () => {
    const good = request.headers.authorization === 'Bearer secret';
    if (good) note({ by: 'web', path: request.url, ...JSON.parse(text) });
    response.writeHead(good ? 204 : 401);
    response.end();
  });
});
web.listen(Number(options.web), '127.0.0.1', () => console.log(`web ${web.address().port}`));
