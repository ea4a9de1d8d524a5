// The house, through its own APIs: an operator registers partners and people, and the outbox holds the mail.

import { randomUUID } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** A setting that `run` gives. */
export function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; start the tests with tests/browser/run`);
  return value;
}

/** Where auth-service is; it is the issuer too. */
export const auth = setting("BROWSER_AUTH");
/** What partners' tokens are for. */
export const orders = setting("BROWSER_ORDERS");
export const screenshots = setting("BROWSER_SCREENSHOTS");
const admin = setting("BROWSER_ADMIN");

export async function json(url, options = {}) {
  const answer = await fetch(url, { ...options, signal: AbortSignal.timeout(10_000) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

function post(url, body, headers = {}) {
  return json(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

let operator;

/** The operator signs in once for each file of tests, which takes less time than the token lives. */
async function asOperator() {
  const password = readFileSync(setting("BROWSER_OPERATOR_PASSWORD"), "utf8").trim();
  operator ??= post(`${auth}/login`, { email: "operator@example.com", password });
  return { authorization: `Bearer ${(await operator).access_token}` };
}

/** An address that nobody else in these tests has. */
export function newAddress(name = "alice") {
  return `${name}.${randomUUID().slice(0, 13)}@example.com`;
}

/** Somebody whom nobody else in these tests is. */
export async function newPerson(name = "Alice") {
  const person = { email: newAddress(), password: randomUUID(), name };
  await post(`${admin}/users`, { ...person, roles: ["customer"] }, await asOperator());
  return person;
}

export const SCOPE = "openid profile email orders:read orders:write accounts:read accounts:write";

/** A partner; its site may be at any port of 127.0.0.1 (RFC 8252 section 7.3). `more` goes into its registration. */
export async function newPartner(name = "Books", scope = `${SCOPE} offline_access`, more = {}) {
  const partner = {
    ...more,
    client_name: name,
    scope,
    redirect_uris: ["http://127.0.0.1/callback"],
    post_logout_redirect_uris: ["http://127.0.0.1/signed-out"],
  };
  const { client_id, client_secret } = await post(`${admin}/partners`, partner, await asOperator());
  return { client_id, client_secret, name };
}

/** The link in the latest letter to this address. */
export async function linkFor(email) {
  const folder = setting("BROWSER_OUTBOX");
  for (let tries = 0; tries < 100; tries += 1) {
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".eml"))) {
      const letter = readFileSync(join(folder, file), "utf8");
      const link = letter.match(/^(https?:\/\/\S+\/sign-in\/link\?token=\S+)\s*$/m);
      if (letter.includes(email) && link) return link[1];
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no letter to ${email}`);
}
