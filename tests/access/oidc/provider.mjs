// A real identity provider on loopback: `node provider.mjs REDIRECT_URI...`
// It prints its address, and ends with its standard input.
//
// POST /person with JSON says who sits at the browser from now on, and how that person
// signs in: {"sub", "acr", "amr", "claims": {...}}.

import { createServer } from 'node:http';
import Provider from 'oidc-provider';

let person = { sub: 'nobody', claims: {} };
const claimsOf = {};

const server = createServer();
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'panel',
      client_secret: 'a secret of the panel: 100% its own',
      redirect_uris: process.argv.slice(2),
      require_auth_time: true,
    },
  ],
  acrValues: ['urn:mfa', 'urn:password'],
  claims: {
    openid: ['sub', 'amr'],
    profile: ['preferred_username', 'groups', 'email'],
  },
  // Into the signed proof, where the panel looks for them.
  conformIdTokenClaims: false,
  cookies: { keys: ['only for tests'] },
  features: { devInteractions: { enabled: false } },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({ sub, ...claimsOf[sub] }),
  }),
  // Nobody is asked for consent.
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope('openid profile');
    grant.addOIDCClaims(['amr', 'acr', 'auth_time']);
    await grant.save();
    return grant;
  },
  pkce: { required: () => true },
  renderError(ctx, out) {
    ctx.body = out;
  },
});

async function body(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

const answer = provider.callback();
server.on('request', async (request, response) => {
  if (request.url === '/person') {
    person = await body(request);
    claimsOf[person.sub] = person.claims;
    response.end('ok');
  } else if (request.url.startsWith('/interaction/')) {
    const { sub, acr, amr } = person;
    const login = { accountId: sub, acr, amr };
    await provider.interactionFinished(request, response, { login });
  } else {
    answer(request, response);
  }
});

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
console.log(issuer);
