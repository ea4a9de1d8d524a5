// openid-client brings a person here and back: discovery, PKCE, pushed requests, ID token, userinfo, refresh, logout.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { importJWK } from "jose";
import * as client from "openid-client";
import { discover, known } from "./jose_services.mjs";
import { Visitor } from "./visitor.mjs";

const CALLBACK = "http://127.0.0.1:18124/callback";
const IDENTITY = "openid profile email";
const API = "orders:read orders:write";
const person = known.people["openid-client"];
const api = await discover(known.orders);
const visitor = new Visitor(api.issuer, person);

async function authentication(method) {
  const { client_secret, key } = known.with_people[method];
  switch (method) {
    case "client_secret_basic":
      return client.ClientSecretBasic(client_secret);
    case "client_secret_post":
      return client.ClientSecretPost(client_secret);
    case "private_key_jwt":
      return client.PrivateKeyJwt({ key: await importJWK(key, "ES256"), kid: key.kid });
    case "none":
      return client.None();
  }
}

async function configured(method, metadata = {}) {
  const partner = known.with_people[method];
  // By itself it speaks to https alone. Which algorithm ID tokens have, it takes from the server's metadata.
  const execute = [client.allowInsecureRequests];
  return client.discovery(new URL(api.issuer), partner.client_id, metadata, await authentication(method), { execute });
}

/** A person's way through it; `pushed` says whether the request goes ahead of the browser (RFC 9126). */
async function flow(config, { pushed = false, at = visitor, ...more } = {}) {
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
    idTokenExpected: true,
  };
  const parameters = {
    redirect_uri: CALLBACK,
    scope: `${IDENTITY} ${API}`,
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: "S256",
    ...more,
  };
  const build = pushed ? client.buildAuthorizationUrlWithPAR : client.buildAuthorizationUrl;
  const url = await build(config, parameters);
  if (pushed) assert.deepEqual([...url.searchParams.keys()].sort(), ["client_id", "request_uri"]);
  return { checks, url, address: await at.goesTo(url) };
}

/** The reason stands in the cause. */
const refuses = (promise, reason) =>
  assert.rejects(promise, (error) => {
    assert.match(error.cause?.message ?? error.message, reason);
    return true;
  });

const expected = { sub: person.user_id, name: person.name, email: person.email, email_verified: false };

describe("openid-client", () => {
  for (const method of Object.keys(known.with_people)) {
    // Who cannot authenticate cannot push.
    for (const pushed of method === "none" ? [false] : [false, true]) {
      test(`${method}${pushed ? ", pushed" : ""}: tokens, refreshed, and good at the API`, async () => {
        const config = await configured(method);
        const { checks, address } = await flow(config, { pushed, scope: `${IDENTITY} offline_access ${API}` });
        const tokens = await client.authorizationCodeGrant(config, address, checks);
        const claims = tokens.claims();
        assert.equal(claims.sub, person.user_id);
        assert.deepEqual(claims.amr, ["pwd"]);
        const get = (token) => client.fetchProtectedResource(config, token, new URL(`${api.resource}/orders`), "GET");
        assert.equal((await get(tokens.access_token)).status, 200);

        const next = await client.refreshTokenGrant(config, tokens.refresh_token);
        assert.equal((await get(next.access_token)).status, 200);
        assert.notEqual(next.refresh_token, tokens.refresh_token);
        const refused = { name: "ResponseBodyError", error: "invalid_grant" };
        await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), refused);
        await assert.rejects(client.refreshTokenGrant(config, next.refresh_token), refused);
      });
    }
  }

  test("userinfo, with a token of its own", async () => {
    const config = await configured("client_secret_basic");
    const { checks, address } = await flow(config, { scope: `${IDENTITY} offline_access ${API}` });
    const tokens = await client.authorizationCodeGrant(config, address, checks);
    // The first access token is for the API; userinfo is another resource, and has a token of its own (RFC 8707).
    await assert.rejects(client.fetchUserInfo(config, tokens.access_token, person.user_id), { status: 401 });
    const own = await client.refreshTokenGrant(config, tokens.refresh_token, { resource: api.issuer });
    assert.deepEqual(await client.fetchUserInfo(config, own.access_token, person.user_id), expected);
    await refuses(client.fetchUserInfo(config, own.access_token, "usr_another"), /"sub"/);
  });

  test("userinfo without more, where no API is asked for", async () => {
    const config = await configured("none");
    const { checks, address } = await flow(config, { scope: IDENTITY });
    const { access_token } = await client.authorizationCodeGrant(config, address, checks);
    assert.deepEqual(await client.fetchUserInfo(config, access_token, person.user_id), expected);
  });

  test("it refuses another state, nonce or issuer, and an answer without one (RFC 9207)", async () => {
    const config = await configured("none");
    const { checks, address } = await flow(config);
    const grant = (url, otherwise) => client.authorizationCodeGrant(config, url, { ...checks, ...otherwise });
    await refuses(grant(address, { expectedState: "another" }), /"state"/);
    for (const iss of ["https://elsewhere.example", undefined]) {
      const other = new URL(address);
      if (iss) other.searchParams.set("iss", iss);
      else other.searchParams.delete("iss");
      await refuses(grant(other), /"iss"/);
    }
    // All this before any code was sent, so the right check still gets tokens; those with another nonce are refused.
    await refuses(grant(address, { expectedNonce: "another" }), /"nonce"/);
    // The code is spent by that.
    await assert.rejects(grant(address), { error: "invalid_grant" });
  });

  test("another verifier is invalid_grant", async () => {
    const config = await configured("none");
    const { checks, address } = await flow(config);
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const grant = client.authorizationCodeGrant(config, address, { ...checks, pkceCodeVerifier });
    await assert.rejects(grant, { name: "ResponseBodyError", error: "invalid_grant" });
  });

  test("where RS256 was agreed on, it refuses our ID token", async () => {
    const config = await configured("none", { id_token_signed_response_alg: "RS256" });
    const { checks, address } = await flow(config);
    await refuses(client.authorizationCodeGrant(config, address, checks), /"alg"/);
  });

  test("it hears of a person who says no, and of one whom it may not ask", async () => {
    const config = await configured("client_secret_basic");
    const { checks, url } = await flow(config, { prompt: "consent" });
    const refused = { name: "AuthorizationResponseError", error: "access_denied" };
    const denied = await visitor.goesTo(url, "deny");
    await assert.rejects(client.authorizationCodeGrant(config, denied, checks), refused);
    const stranger = new Visitor(api.issuer, person);
    const silent = await flow(config, { prompt: "none", at: stranger });
    const error = { name: "AuthorizationResponseError", error: "login_required" };
    await assert.rejects(client.authorizationCodeGrant(config, silent.address, silent.checks), error);
  });

  test("max_age is checked against auth_time", async () => {
    const config = await configured("client_secret_basic");
    const { checks, address } = await flow(config, { max_age: "3600" });
    const tokens = await client.authorizationCodeGrant(config, address, { ...checks, maxAge: 3600 });
    assert.ok(tokens.claims().auth_time <= Date.now() / 1000);
  });

  test("it signs the person out", async () => {
    const [config, at] = [await configured("client_secret_basic"), new Visitor(api.issuer, person)];
    const { checks, address } = await flow(config, { at });
    const { id_token } = await client.authorizationCodeGrant(config, address, checks);
    const back = { post_logout_redirect_uri: "http://127.0.0.1:18124/signed-out", state: "s-1" };
    const url = client.buildEndSessionUrl(config, { id_token_hint: id_token, ...back });
    assert.equal(`${await at.goesTo(url)}`, "http://127.0.0.1:18124/signed-out?state=s-1");
    const silent = await flow(config, { prompt: "none", at });
    assert.equal(silent.address.searchParams.get("error"), "login_required");
  });
});
