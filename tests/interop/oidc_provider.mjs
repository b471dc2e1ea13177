// An authorization server that is not ours (oidc-provider) for tests, on loopback over HTTPS: client credentials with a
// signed assertion or a certificate, access tokens as JWT for the resource that is asked for.
//
// As a module:
//   import { startProvider, privateJwk, publicHalf } from './oidc_provider.mjs';
//   const provider = await startProvider({
//     key, cert, ca,            // PEM texts: what it shows, and who issues its clients' certificates
//     port: 0,                  // any free one
//     resources: {              // audience -> what its tokens are signed with (RS256) and may say (scope), how long (600)
//       'https://gateway.example': { alg: 'ES256', scope: 'system/*.cruds', seconds: 600 },
//     },
//     clients: [
//       { id: 'gp-1', key: JWK, claims: { practice: 'cabinet-1' } },     // private_key_jwt; its public half is enough
//       { id: 'gp-2', subject: 'CN=gp-2', claims: {} },                  // tls_client_auth; its tokens are bound (RFC 8705)
//     ],
//   });
//   provider.issuer, provider.token, provider.jwks                       // URLs
//   provider.port, provider.rotate(), provider.stop()                    // rotate: new keys, the former ones published no more
//
// As a program: oidc_provider.mjs SETTINGS.json   the same settings as JSON, with key, cert and ca as names of files. Prints
// "issuer URL"; SIGHUP rotates the keys and prints "rotated".
import { generateKeyPairSync, randomUUID, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { fileURLToPath } from 'node:url';

// oidc-provider says on standard error that it is no shop's default; nobody needs that in a test's output.
const warn = console.warn;
console.warn = console.info = () => {};
const { Provider, errors } = await import('oidc-provider');
console.warn = warn;

const curves = { ES256: 'P-256', ES384: 'P-384' };

/** A new private key as JWK, for RS256, RS384, ES256 or ES384. */
export function privateJwk(alg, kid = randomUUID()) {
  const made = curves[alg]
    ? generateKeyPairSync('ec', { namedCurve: curves[alg] })
    : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...made.privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
}

/** What others may know of a private key. */
export function publicHalf({ kty, kid, alg, use, n, e, crv, x, y }) {
  return JSON.parse(JSON.stringify({ kty, kid, alg, use, n, e, crv, x, y }));
}

function clientOf({ id, key, subject }) {
  const client = { client_id: id, grant_types: ['client_credentials'], response_types: [], redirect_uris: [] };
  if (subject)
    return {
      ...client,
      token_endpoint_auth_method: 'tls_client_auth',
      tls_client_auth_subject_dn: subject,
      tls_client_certificate_bound_access_tokens: true,
    };
  return {
    ...client,
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: key.alg,
    jwks: { keys: [publicHalf(key)] },
  };
}

function providerOf(issuer, { resources, clients }) {
  const claims = Object.fromEntries(clients.map((client) => [client.id, client.claims ?? {}]));
  const shown = (ctx) => {
    const { raw } = ctx.req.socket.getPeerCertificate();
    return raw && new X509Certificate(raw);
  };
  return new Provider(issuer, {
    jwks: { keys: ['RS256', 'RS384', 'ES256', 'ES384'].map((alg) => privateJwk(alg)) },
    clients: clients.map(clientOf),
    clientAuthMethods: ['private_key_jwt', 'tls_client_auth'],
    enabledJWA: { clientAuthSigningAlgValues: ['RS256', 'RS384', 'ES256', 'ES384'] },
    responseTypes: ['code'],
    scopes: [...new Set(Object.values(resources).flatMap(({ scope }) => scope.split(' ')))],
    extraTokenClaims: (ctx, token) => claims[token.clientId],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo(ctx, audience) {
          const resource = resources[audience];
          if (!resource) throw new errors.InvalidTarget();
          return {
            audience,
            scope: resource.scope,
            accessTokenFormat: 'jwt',
            accessTokenTTL: resource.seconds ?? 600,
            jwt: { sign: { alg: resource.alg ?? 'RS256' } },
          };
        },
      },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        tlsClientAuth: true,
        getCertificate: shown,
        certificateAuthorized: (ctx) => ctx.req.socket.authorized,
        certificateSubjectMatches: (ctx, property, expected) =>
          property === 'tls_client_auth_subject_dn' && shown(ctx).subject === expected,
      },
    },
  });
}

export async function startProvider(settings) {
  let answer;
  const server = https.createServer(
    { key: settings.key, cert: settings.cert, ca: settings.ca, requestCert: true, rejectUnauthorized: false },
    (request, response) => answer(request, response),
  );
  await new Promise((done) => server.listen(settings.port ?? 0, '127.0.0.1', done));
  const { port } = server.address();
  const issuer = `https://localhost:${port}`;
  const rotate = () => (answer = providerOf(issuer, settings).callback());
  rotate();
  const stop = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return { issuer, token: `${issuer}/token`, jwks: `${issuer}/jwks`, port, rotate, stop };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const settings = JSON.parse(readFileSync(process.argv[2]));
  for (const file of ['key', 'cert', 'ca']) settings[file] = readFileSync(settings[file]);
  const provider = await startProvider(settings);
  console.log(`issuer ${provider.issuer}`);
  process.on('SIGHUP', () => {
    provider.rotate();
    console.log('rotated');
  });
}
