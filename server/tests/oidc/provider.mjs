// A real OpenID Connect provider on a free port of this machine. Whoever is said to be `person` signs in without being
// asked anything. Says its address on the first line, and ends when whoever started it goes away.
import { randomUUID, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [client_id, client_secret, redirect_uri] = process.argv.slice(2);
let person = { sub: 'nobody' };
let provider;

const key = () => ({ ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'ES256' });

// codes and sessions outlive a change of keys: the provider keeps them outside of itself
function start(issuer) {
  provider = new Provider(issuer, {
    jwks: { keys: [key()] },
    clients: [{ client_id, client_secret, redirect_uris: [redirect_uri], id_token_signed_response_alg: 'ES256' }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    pkce: { required: () => true },
    cookies: { keys: ['for tests'] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ ...person, sub }) }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    ttl: { Session: 600, Interaction: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
  });
}

async function interact(request, response) {
  const { params } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId: person.sub, clientId: client_id });
  grant.addOIDCScope(params.scope);
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(request, response, { login: { accountId: person.sub, remember: false }, consent });
}

const server = createServer(async (request, response) => {
  try {
    if (request.url === '/test/person') {
      person = JSON.parse(Buffer.concat(await request.toArray()).toString());
      response.end();
    } else if (request.url === '/test/new-keys') {
      start(provider.issuer);
      response.end();
    } else if (request.url.startsWith('/interaction/')) await interact(request, response);
    else provider.callback()(request, response);
  } catch (error) {
    console.error(error);
    response.writeHead(500).end();
  }
});

server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  start(issuer);
  console.log(issuer);
});
process.stdin.on('end', () => process.exit()).resume();
