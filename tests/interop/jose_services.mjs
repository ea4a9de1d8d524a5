// Our services as a stranger meets them: one URL is known, all else is discovered. No code of theirs is used.

import { readFileSync } from "node:fs";

export const known = JSON.parse(readFileSync(process.env.INTEROP_KNOWN, "utf8"));
export const partner = known.partners.client_secret_basic;

async function json(url, options) {
  const answer = await fetch(url, { ...options, signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** From the API to its metadata (RFC 9728), from there to the authorization server's (RFC 8414). */
export async function discover(url) {
  const api = await json(`${url}/.well-known/oauth-protected-resource`);
  const [issuer] = api.authorization_servers;
  const server = await json(`${issuer}/.well-known/oauth-authorization-server`);
  if (api.resource !== url || server.issuer !== issuer) throw new Error("the metadata is of somebody else");
  const { jwks_uri: issuerJwksUri, token_endpoint: tokenEndpoint } = server;
  return { resource: url, jwksUri: api.jwks_uri, issuer, issuerJwksUri, tokenEndpoint };
}

/** A token by client credentials with a secret in the Authorization header (RFC 6749 sections 2.3.1 and 4.4). */
export async function accessToken(api) {
  const credentials = Buffer.from(`${partner.client_id}:${partner.client_secret}`).toString("base64");
  const answer = await json(api.tokenEndpoint, {
    method: "POST",
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams({ grant_type: "client_credentials", resource: api.resource }),
  });
  return answer.access_token;
}

/** Orders something and asks for its fulfilment; what comes back is a signed receipt. */
export async function receipt(api, token) {
  const post = (path, body) =>
    json(api.resource + path, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const account = await post("/accounts", { external_id: `user-${crypto.randomUUID()}`, display_name: "Alice" });
  const amount = { minor_units: 1250, currency: "EUR" };
  const order = await post("/orders", { account_id: account.account_id, description: "A book", amount });
  return (await post(`/orders/${order.order_id}/fulfilment`, {})).receipt;
}
