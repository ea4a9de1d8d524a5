// Chromium, and what a person does in it.

import assert from "node:assert/strict";
import { after, afterEach, before } from "node:test";
import { chromium } from "playwright-core";
import { auth } from "./house.mjs";

const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A Chromium for the tests of a file. `open` gives a person a browser of their own: nothing is kept of the one before. */
export function chromiumForTests() {
  let browser;
  let opened = [];
  before(async () => {
    // The profile is a new temporary directory. Without a sandbox, since CI runs as root.
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM,
      headless: true,
      chromiumSandbox: false,
      args: FLAGS,
    });
  });
  // Whatever a test does, our pages give the browser nothing to complain about.
  afterEach(async () => {
    const complaints = opened.flatMap((context) => context.complaints);
    await Promise.all(opened.map((context) => context.close()));
    opened = [];
    assert.deepEqual(complaints, []);
  });
  after(() => browser?.close());
  return async function open(options = {}) {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(10_000);
    context.complaints = [];
    context.on("page", (page) => listen(page, context.complaints));
    opened.push(context);
    return context.newPage();
  };
}

/** Errors in the console, violations of a policy among them. That a status is 4xx is seen by the tests themselves. */
function listen(page, complaints) {
  page.on("console", (message) => {
    const text = message.text();
    const isStatus = /^Failed to load resource: the server responded with a status of 4\d\d /.test(text);
    if (["error", "warning"].includes(message.type()) && !isStatus) complaints.push(`${page.url()}: ${text}`);
  });
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error}`));
}

/** For a test in which the browser is to complain: what it says, which then no longer counts. */
export async function complaintsWhile(page, action) {
  const { complaints } = page.context();
  const before = complaints.length;
  await action();
  return complaints.splice(before);
}

export function headings(page) {
  return page.getByRole("heading", { level: 1 });
}

export async function expectPage(page, heading) {
  await headings(page).filter({ hasText: heading }).waitFor();
}

/** Types name and password into the form that is shown. */
export async function signIn(page, person) {
  await page.getByLabel("E-mail address", { exact: true }).fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

export async function decide(page, decision) {
  await page.getByRole("button", { name: decision, exact: true }).click();
}

/** The browser is at the partner; gives the address with the answer. */
export async function backAt(page, partner) {
  await page.waitForURL((url) => url.origin === partner.origin);
  return page.url();
}

/** The whole way once: asked, signed in, allowed. */
export async function allow(page, partner, person, more) {
  const request = partner.request(more);
  await page.goto(request.url);
  await signIn(page, person);
  await decide(page, "Allow");
  return { request, address: await backAt(page, partner) };
}

/** The cookie that names the session. */
export async function sessionCookie(page) {
  const cookies = await page.context().cookies(auth);
  assert.ok(cookies.length <= 1, "there is one cookie at most");
  return cookies[0];
}
