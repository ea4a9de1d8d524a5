// A person with a browser that knows no scripts: it follows redirects, and fills and sends the forms of the pages.

import assert from "node:assert/strict";

const plain = (text) => text.replaceAll("&quot;", '"').replaceAll("&#34;", '"').replaceAll("&#38;", "&").replaceAll("&amp;", "&");

/** The first form of a page of ours, with what stands in its fields. */
function firstForm(page) {
  const [, action, body] = page.match(/<form[^>]* action="([^"]*)"[^>]*>(.*?)<\/form>/s);
  const fields = [...body.matchAll(/<input[^>]* name="([^"]*)"[^>]* value="([^"]*)"/g)];
  return { action: plain(action), fields: Object.fromEntries(fields.map(([, name, value]) => [name, plain(value)])) };
}

export class Visitor {
  #cookie;

  constructor(issuer, person) {
    this.issuer = new URL(issuer);
    this.person = person;
  }

  /** Opens an address and does what the pages ask for; gives the first address that is not the issuer's. */
  async goesTo(start, decision = "allow") {
    let [url, options] = [new URL(start), {}];
    for (let steps = 0; steps < 10; steps += 1) {
      const answer = await this.#send(url, options);
      if (answer.status === 303) {
        url = new URL(answer.headers.get("location"), url);
        if (url.origin !== this.issuer.origin) return url;
        options = {};
      } else {
        assert.equal(answer.status, 200);
        const { action, fields } = firstForm(await answer.text());
        const { email, password } = this.person;
        const typed = { "/sign-in": { email, password }, "/consent": { decision } }[action];
        assert.ok(typed, `no form that a client leads to: ${action}`);
        // As browsers do from a page with `Referrer-Policy: no-referrer`.
        const headers = { origin: "null", "sec-fetch-site": "same-origin" };
        options = { method: "POST", headers, body: new URLSearchParams({ ...fields, ...typed }) };
        url = new URL(action, url);
      }
    }
    throw new Error("the pages go round in a circle");
  }

  async #send(url, options) {
    const headers = { ...options.headers, ...(this.#cookie && { cookie: this.#cookie }) };
    const answer = await fetch(url, { ...options, headers, redirect: "manual", signal: AbortSignal.timeout(10_000) });
    for (const line of answer.headers.getSetCookie()) [this.#cookie] = line.split(";");
    return answer;
  }
}
