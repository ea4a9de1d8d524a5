// A partner's site on 127.0.0.1: another site than localhost, where our pages are. It keeps what browsers send to it.

import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { SCOPE, auth, json, newPartner } from "./house.mjs";

const random = () => randomBytes(32).toString("base64url");

export class Partner {
  /** Every request: its method, its address and its headers. */
  requests = [];
  #pages = new Map();
  #server;

  /** A partner that is registered, with a site that is open; `more` goes into the registration. */
  static async open(name, scope, { port = 0, more = {} } = {}) {
    const partner = new Partner();
    Object.assign(partner, await newPartner(name, scope, more));
    partner.#server = createServer((request, response) => {
      const { method, url, headers } = request;
      partner.requests.push({ method, url, headers });
      const page = partner.#pages.get(url.split("?")[0]) ?? "<h1>The partner's page</h1>";
      if (page instanceof URL) {
        response.writeHead(302, { location: page.href });
        response.end();
        return;
      }
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      response.end(`<!doctype html><html lang="en"><title>Partner</title><link rel="icon" href="data:,">${page}`);
    });
    await new Promise((resolve) => partner.#server.listen(port, "127.0.0.1", resolve));
    partner.origin = `http://127.0.0.1:${partner.#server.address().port}`;
    partner.redirectUri = `${partner.origin}/callback`;
    return partner;
  }

  async close() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Serves this page, or redirects to this URL; gives its address. */
  serve(path, page) {
    this.#pages.set(path, page);
    return this.origin + path;
  }

  /** An authorization request: where the browser is sent, and what the partner keeps. */
  request(more = {}) {
    const [verifier, state, nonce] = [random(), random(), random()];
    const parameters = {
      response_type: "code",
      client_id: this.client_id,
      redirect_uri: this.redirectUri,
      scope: SCOPE,
      state,
      nonce,
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
      ...more,
    };
    return { url: `${auth}/oauth/authorize?${new URLSearchParams(parameters)}`, verifier, state, nonce };
  }

  /** What the browser brought back, if it is the answer to this request (RFC 6749 section 10.12, RFC 9207). */
  answer(request, address) {
    const url = new URL(address);
    if (url.origin + url.pathname !== this.redirectUri) throw new Error(`not at the partner, but at ${address}`);
    const answer = Object.fromEntries(url.searchParams);
    if (answer.state !== request.state) throw new Error("the state is of another request");
    if (answer.iss !== auth) throw new Error("the answer is of another issuer");
    return answer;
  }

  #token(form) {
    const credentials = Buffer.from(`${this.client_id}:${this.client_secret}`).toString("base64");
    const headers = { authorization: `Basic ${credentials}` };
    return json(`${auth}/oauth/token`, { method: "POST", headers, body: new URLSearchParams(form) });
  }

  redeem(request, address) {
    const { code } = this.answer(request, address);
    const form = { grant_type: "authorization_code", code, redirect_uri: this.redirectUri };
    return this.#token({ ...form, code_verifier: request.verifier });
  }

  refresh(refreshToken) {
    return this.#token({ grant_type: "refresh_token", refresh_token: refreshToken });
  }
}
