// A practice's software that is not ours, against a running gateway: fhir-kit-client with tokens of oidc-provider, and the same
// with a client certificate. It sends, is refused, is told that something waits, fetches, settles.
// Usage: gp_software.mjs BUILD SOURCE
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import { Client } from 'fhir-kit-client';
import { Agent, setGlobalDispatcher } from 'undici';
import { privateJwk, startProvider } from './oidc_provider.mjs';

const [build, source] = process.argv.slice(2);
const passerelle = join(build, 'passerelle');
const work = mkdtempSync(join(tmpdir(), 'gp_software_'));
const folder = join(work, 'gateway');
const certs = join(folder, 'certs');
const audience = 'https://passerelle.example';
const pem = (name) => readFileSync(join(certs, name));
const log = () => readFileSync(join(work, 'log'), 'utf8');
const ended = [];

/** Until `what` holds; it may throw until then. */
async function until(what, probe, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (let last; ; await new Promise((done) => setTimeout(done, 50))) {
    try {
      const found = await probe();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`${what}: not after ${seconds} s`, { cause: last });
  }
}

/** How a client shows itself: by nothing, or by the certificate of that name. */
function show(name) {
  const shown = name ? { cert: pem(`${name}.crt`), key: pem(`${name}.key`) } : {};
  setGlobalDispatcher(new Agent({ connect: { ca: pem('ca.crt'), ...shown } }));
}

const jwtPart = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A signed JWT of RFC 7519. */
function jwt(key, claims) {
  const head = jwtPart({ alg: key.alg, kid: key.kid, typ: 'JWT' });
  const text = `${head}.${jwtPart(claims)}`;
  const made = sign(key.alg.endsWith('384') ? 'sha384' : 'sha256', Buffer.from(text), {
    key: createPrivateKey({ key, format: 'jwk' }),
    dsaEncoding: 'ieee-p1363',
  });
  return `${text}.${made.toString('base64url')}`;
}

/** An access token by client credentials with a signed assertion (RFC 7523), as SMART's backend services ask for one. */
async function accessToken(provider, client, key, resource, scope) {
  const now = Math.floor(Date.now() / 1000);
  const assertion = jwt(key, { iss: client, sub: client, aud: provider.issuer, jti: randomUUID(), iat: now, exp: now + 60 });
  const answer = await fetch(provider.token, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      resource,
      scope,
    }),
  });
  const told = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(told));
  return told.access_token;
}

/** A web server of the practice that wants to be told. */
async function hook() {
  const calls = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      calls.push({ path: request.url, headers: request.headers, body });
      response.end();
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  ended.push(() => server.close());
  return { calls, url: `http://127.0.0.1:${server.address().port}/told` };
}

function configure(provider, told) {
  const write = (name, text) => writeFileSync(join(folder, name), text);
  for (const name of ['partners', 'endpoints']) mkdirSync(join(folder, name));
  write(
    'passerelle.yaml',
    `zone: Europe/Paris
store: {sqlite: var/passerelle.db}
mappings: ${source}/mappings
issuers:
  idp: {issuer: '${provider.issuer}', audience: '${audience}', jwks: '${provider.jwks}', tls: {ca: certs/ca.crt}}
listeners:
  portal:
    http:
      listen: 127.0.0.1:0
      tls: {cert: certs/gateway.crt, key: certs/gateway.key, clients: certs/ca.crt, ask: optional}
      tokens: [idp]
sources:
  relai:
    listener: portal
    path: /networks/relai/plans
    network: relai
    from: [portail-relai]
    codec: {json: {model: relai-pps}}
    envelope:
      sender: reseau.finessGeo
      control_id: dossier.numero & '/' & dossier.version.toString()
      type: format
      order: "'relai/' & dossier.numero"
      subjects: usager.ins.matricule | usager.idLocal
  cabinets: {listener: portal, fhir: /fhir, from: ['category:gp'], resources: [Bundle, Task], codec: fhir, answer: stored}
keep: {body: 1 d, metadata: 2 d}
policies:
  care-team: {care_circle: {mode: test, filters: {gp: plan-without-refusing-carers, others: plan-without-carers}}}
routes:
  - {name: plans, from: relai, map: relai-to-plan, to: care-team, deliver: plans}
  - {name: answers, from: cabinets, map: gp-to-plan-update, to: care-team}
`,
  );
  const practice = (rpps) => `category: gp
identifiers: {rpps: "${rpps}"}
destinations:
  plans: {mailbox: {unread_after: 30 d}, map: plan-to-gp, codec: fhir}
`;
  write('partners/cabinet-exemple.yaml', practice('99800000103'));
  write('partners/cabinet-voisin.yaml', practice('99800000905'));
  write('partners/relai.yaml', 'category: network\ndestinations:\n  notices: {mailbox: {}, codec: fhir}\n');
  write(
    'endpoints/saas-cabinets.yaml',
    `label: Logiciel de plusieurs cabinets
tokens: [{issuer: idp, client: saas-cabinets}]
acts_for: [cabinet-exemple]
named_by: {header: X-Acts-For}
notify: ["${told}"]
`,
  );
  write('endpoints/portail-relai.yaml', 'certificates: ["CN=portail-relai"]\nnetworks: [relai]\n');
}

/** @returns the address of its listener */
async function serve() {
  const child = spawn(passerelle, ['serve', '-c', folder], { stdio: ['ignore', 'ignore', openSync(join(work, 'log'), 'a')] });
  const gone = new Promise((done) => child.on('exit', done));
  ended.push(() => (child.kill(), gone));
  return until('the gateway listens', () => log().match(/"http-listens".*?"listen":"127\.0\.0\.1:(\d+)"/)?.[1]);
}

/** The status of what a client's call was refused with, and its OperationOutcome. */
async function refusal(call) {
  try {
    await call();
  } catch (error) {
    const { status, data } = error.response;
    assert.equal(data.resourceType, 'OperationOutcome', JSON.stringify(data));
    return `${status} ${data.issue[0].code}`;
  }
  return 'not refused';
}

const task = (id) => ({
  resourceType: 'Task',
  identifier: [{ system: 'urn:example:cabinet', value: id }],
  status: 'accepted',
  intent: 'order',
});

async function play() {
  mkdirSync(folder);
  const made = spawnSync(passerelle, ['certs', 'init', certs, '--name', 'portail-relai', '--name', 'cabinet-voisin']);
  assert.equal(made.status, 0, String(made.stderr));
  const key = privateJwk('ES384');
  const provider = await startProvider({
    key: pem('gateway.key'),
    cert: pem('gateway.crt'),
    ca: pem('ca.crt'),
    resources: {
      [audience]: { alg: 'ES256', scope: 'system/*.cruds system/Bundle.rs' },
      'https://elsewhere.example': { alg: 'ES256', scope: 'system/*.cruds' },
    },
    clients: [{ id: 'saas-cabinets', key }],
  });
  ended.push(provider.stop);
  const practice = await hook();
  configure(provider, practice.url);
  const checked = spawnSync(passerelle, ['check', '-c', folder]);
  assert.equal(checked.status, 0, String(checked.stderr) + checked.stdout);
  const port = await serve();
  const baseUrl = `https://localhost:${port}/fhir`;
  show();
  const token = await accessToken(provider, 'saas-cabinets', key, audience, 'system/*.cruds');
  const as = (bearerToken, actsFor) =>
    new Client({ baseUrl, ...(bearerToken && { bearerToken }), customHeaders: actsFor ? { 'X-Acts-For': actsFor } : {} });
  const software = as(token, 'cabinet-exemple');

  // What this base is, for anybody.
  const capabilities = await as().capabilityStatement();
  assert.equal(capabilities.fhirVersion, '4.0.1');
  const types = capabilities.rest[0].resource.map((one) => one.type);
  for (const type of ['Bundle', 'Task', 'Subscription']) assert.ok(types.includes(type), type);

  // Refused: nobody, a token that says nothing, one for another place, one that is too narrow, another's practice.
  const search = (client) => client.search({ resourceType: 'Bundle' });
  assert.equal(await refusal(() => search(as())), '401 login');
  assert.equal(await refusal(() => search(as('not.a.token', 'cabinet-exemple'))), '401 login');
  const forged = token.slice(0, -6) + (token.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA');
  assert.equal(await refusal(() => search(as(forged, 'cabinet-exemple'))), '401 login');
  const elsewhere = await accessToken(provider, 'saas-cabinets', key, 'https://elsewhere.example', 'system/*.cruds');
  assert.equal(await refusal(() => search(as(elsewhere, 'cabinet-exemple'))), '401 login');
  assert.equal(await refusal(() => search(as(token, 'cabinet-voisin'))), '403 forbidden');
  const narrow = await accessToken(provider, 'saas-cabinets', key, audience, 'system/Bundle.rs');
  assert.equal(
    await refusal(() => as(narrow, 'cabinet-exemple').create({ resourceType: 'Task', body: task('1') })),
    '403 forbidden',
  );
  assert.equal(await refusal(() => software.create({ resourceType: 'Patient', body: { resourceType: 'Patient' } })), '404 not-supported');

  // It wants to be told when something waits; not at an address that is not its own.
  const subscription = (endpoint) => ({
    resourceType: 'Subscription',
    status: 'requested',
    reason: 'un plan attend',
    criteria: 'Bundle?',
    channel: { type: 'rest-hook', endpoint, header: ['X-Practice: exemple'] },
  });
  const subscribe = (endpoint) => software.create({ resourceType: 'Subscription', body: subscription(endpoint) });
  assert.equal((await refusal(() => subscribe('http://127.0.0.1:9/elsewhere'))).slice(0, 3), '403');
  await subscribe(practice.url);

  // The network's portal sends a plan.
  show('portail-relai');
  const plan = readFileSync(join(source, 'docs/demo/plans/1-actif.json'));
  const sent = await fetch(`https://localhost:${port}/networks/relai/plans`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: plan,
  });
  assert.equal(sent.status, 202, await sent.clone().text());
  assert.equal(await refusal(() => search(as())), '403 forbidden', 'a portal has no mailbox of a practice');
  show();

  // The practice is told, finds it and reads it.
  await until('the practice is told', () => practice.calls.length > 0);
  assert.equal(practice.calls[0].headers['x-practice'], 'exemple');
  assert.ok(!practice.calls[0].body.includes('RPG-'), 'ids alone are told');
  const found = await until('a plan waits', async () => {
    const all = await search(software);
    return all.total > 0 && all;
  });
  assert.equal(found.type, 'searchset');
  const { id } = found.entry[0].resource;
  const read = await software.read({ resourceType: 'Bundle', id });
  assert.equal(read.resourceType, 'Bundle');
  assert.ok(read.entry.some((entry) => entry.resource.resourceType === 'CarePlan'));
  assert.equal(await refusal(() => software.read({ resourceType: 'Bundle', id: 'ZZZZZZ' })), '404 not-found');
  const patient = read.entry.find((entry) => entry.resource.resourceType === 'Patient').resource.identifier[0];
  const about = { 'patient.identifier': `${patient.system}|${patient.value}` };
  assert.equal((await refusal(() => software.search({ resourceType: 'Bundle', searchParams: about }))).slice(0, 3), '400');
  const byForm = await software.search({ resourceType: 'Bundle', searchParams: about, options: { postSearch: true } });
  assert.equal(byForm.total, 1);

  // Somebody else's mailbox has none of it.
  show('cabinet-voisin');
  assert.equal((await search(as())).total, 0);
  assert.equal(await refusal(() => as().read({ resourceType: 'Bundle', id })), '404 not-found');
  show();

  // It says that it has it; once is enough.
  const waiting = await software.search({ resourceType: 'Task', searchParams: { status: 'requested' } });
  const pickUp = waiting.entry.map((entry) => entry.resource).find((one) => one.focus.reference.endsWith(id));
  const settled = await software.update({ resourceType: 'Task', id: pickUp.id, body: { ...pickUp, status: 'completed' } });
  assert.equal(settled.status, 'completed');
  assert.equal((await search(software)).total, 0);
  const shown = spawnSync(passerelle, ['messages', 'list', '--json', '--partner', 'cabinet-exemple', '-c', folder]);
  assert.match(String(shown.stdout), /"delivered"/);

  // It answers; the sender may ask what became of that, and nobody else may.
  const answer = await software.create({ resourceType: 'Task', body: task('2') });
  const { response } = Client.httpFor(answer);
  assert.equal(response.status, 202);
  const status = response.headers.get('content-location');
  const ask = (headers) => fetch(status, { headers });
  assert.ok([200, 202].includes((await ask({ Authorization: `Bearer ${token}`, 'X-Acts-For': 'cabinet-exemple' })).status));
  show('cabinet-voisin');
  assert.equal((await ask({})).status, 404);

  // The same with a certificate in a token's place.
  const neighbour = as();
  assert.equal(Client.httpFor(await neighbour.create({ resourceType: 'Task', body: task('3') })).response.status, 202);
  show();

  // Whoever was refused or read something stands in the audit; nobody's name stands in the log.
  const audit = readdirSync(join(folder, 'var')).filter((name) => name.startsWith('audit'));
  const lines = audit.map((name) => readFileSync(join(folder, 'var', name), 'utf8')).join('');
  assert.match(lines, /"by":"[^"]*(saas-cabinets|cabinet-exemple)[^"]*","what":"read"/);
  const verified = spawnSync(passerelle, ['audit', 'verify', '-c', folder]);
  assert.equal(verified.status, 0, String(verified.stdout) + verified.stderr);
  const { identite, ins } = JSON.parse(plan).usager;
  for (const value of [identite.nomNaissance, identite.nomUtilise, ins.matricule])
    for (const text of [log(), lines]) assert.ok(!text.includes(value), 'a patient in the log or the audit');
}

let failed = false;
try {
  await play();
} catch (error) {
  failed = true;
  console.error(error);
  try {
    console.error(log().split('\n').slice(-30).join('\n'));
  } catch {
    console.error('there is no log yet');
  }
}
for (const end of ended.reverse()) await end();
rmSync(work, { recursive: true });
process.exit(failed ? 1 : 0);
