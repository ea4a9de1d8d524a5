// What other sites try with a person's browser, and what the browser keeps to itself.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  allow,
  backAt,
  chromiumForTests,
  complaintsWhile,
  decide,
  expectPage,
  sessionCookie,
  signIn,
} from "./support/browser.mjs";
import { auth, newPerson } from "./support/house.mjs";
import { Partner } from "./support/partner.mjs";

const hidden = (fields) =>
  Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
    .join("");
const form = (action, fields) =>
  `<form method="post" action="${action}">${hidden(fields)}<button>Win a prize</button></form>`;

describe("hostile sites", () => {
  const open = chromiumForTests();
  let partner;
  before(async () => {
    partner = await Partner.open("Books");
  });
  after(() => partner.close());

  /** What stands in the hidden fields of the form on the page that is shown. */
  const fieldsOf = async (page, action) =>
    Object.fromEntries(
      await page
        .locator(`form[action="${action}"] input[type=hidden]`)
        .evaluateAll((inputs) => inputs.map(({ name, value }) => [name, value])),
    );

  /** The person, in their browser, opens a page of the partner's site and sends the form on it. */
  async function sendFrom(page, action, fields) {
    await page.goto(partner.serve("/prize", form(auth + action, fields)));
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.request().method() === "POST"),
      page.getByRole("button", { name: "Win a prize" }).click(),
    ]);
    await page.waitForLoadState();
    return answer;
  }

  test("a form on another site allows nothing, even with the token of the person's own page", async () => {
    const [page, person] = [await open(), await newPerson()];
    await page.goto(partner.request().url);
    await signIn(page, person);
    await expectPage(page, "Allow Books access?");
    const genuine = await fieldsOf(page, "/consent");
    assert.ok(genuine.csrf && genuine.request);
    const cookie = await sessionCookie(page);
    for (const fields of [genuine, { ...genuine, csrf: "" }]) {
      const answer = await sendFrom(page, "/consent", { ...fields, decision: "allow" });
      assert.equal(answer.status(), 403);
      assert.equal(new URL(page.url()).origin, auth, "the browser does not go on to the partner");
    }
    assert.deepEqual(await sessionCookie(page), cookie);
    await page.goto(`${auth}/account`);
    assert.equal(await page.getByRole("heading", { name: "Books" }).count(), 0);
    // The same form from our own page does it.
    await page.goto(partner.request().url);
    await decide(page, "Allow");
    assert.match(await backAt(page, partner), /[?&]code=/);
  });

  test("a form on another site signs nobody in as somebody else", async () => {
    const [page, stranger] = [await open(), await newPerson("Mallory")];
    // The stranger's own browser gives them a form that is good there.
    const theirs = await open();
    await theirs.goto(`${auth}/sign-in`);
    const genuine = await fieldsOf(theirs, "/sign-in");
    const answer = await sendFrom(page, "/sign-in", { ...genuine, email: stranger.email, password: stranger.password });
    assert.equal(answer.status(), 403);
    await page.goto(`${auth}/account`);
    await expectPage(page, "Sign in");
  });

  test("a form on another site withdraws nothing and signs nobody out", async () => {
    const [page, person] = [await open(), await newPerson()];
    await allow(page, partner, person);
    await page.goto(`${auth}/account`);
    const withdrawal = await fieldsOf(page, "/account/withdraw");
    assert.equal((await sendFrom(page, "/account/withdraw", withdrawal)).status(), 403);
    await page.goto(`${auth}/sign-out`);
    assert.equal((await sendFrom(page, "/sign-out", await fieldsOfSignOut(page))).status(), 403);
    await page.goto(`${auth}/account`);
    await page.getByRole("heading", { name: "Books" }).waitFor();
  });
  const fieldsOfSignOut = async (page) => {
    await page.goto(`${auth}/sign-out`);
    return fieldsOf(page, "/sign-out");
  };

  test("no page of ours is shown in a frame", async () => {
    const [page, person] = [await open(), await newPerson()];
    await page.goto(partner.request().url);
    await signIn(page, person);
    await expectPage(page, "Allow Books access?");
    for (const address of [page.url(), `${auth}/sign-in`, `${auth}/account`, `${auth}/sign-out`]) {
      const complaints = await complaintsWhile(page, async () => {
        await page.goto(partner.serve("/frame", `<iframe src="${address}"></iframe>`));
        await page.waitForLoadState("networkidle");
      });
      assert.match(complaints.join(), /frame-ancestors 'none'/, address);
      const [, frame] = page.frames();
      assert.doesNotMatch(await frame.content(), /csrf|JWT Reference/, address);
    }
  });

  test("the session is the browser's and ours alone", async () => {
    const [page, person] = [await open(), await newPerson()];
    await page.goto(partner.request().url);
    const before = await sessionCookie(page);
    await signIn(page, person);
    await expectPage(page, "Allow Books access?");
    const cookie = await sessionCookie(page);
    assert.notEqual(cookie.value, before.value, "signing in gives it another value");
    assert.deepEqual(
      { name: cookie.name, path: cookie.path, httpOnly: cookie.httpOnly, sameSite: cookie.sameSite },
      { name: "session", path: "/", httpOnly: true, sameSite: "Lax" },
    );
    assert.equal(cookie.expires, -1, "it goes when the browser does");
    assert.equal(await page.evaluate(() => document.cookie), "", "no script can read it");
    await decide(page, "Allow");
    await backAt(page, partner);
    assert.ok(partner.requests.length > 0);
    for (const { url, headers } of partner.requests) {
      const all = JSON.stringify(headers);
      assert.ok(!all.includes(cookie.value) && !all.includes(before.value), url);
      assert.equal(headers.cookie, undefined, url);
      assert.ok(!(headers.referer ?? "").startsWith(auth), `the partner does not learn which page of ours it was: ${url}`);
    }
  });

  test("the cookie from before signing in is no session of anybody", async () => {
    // Somebody who sat at this browser before has kept its cookie (session fixation).
    const [page, person, other] = [await open(), await newPerson(), await open()];
    await page.goto(`${auth}/sign-in`);
    const planted = await sessionCookie(page);
    await signIn(page, person);
    await expectPage(page, "Your account");
    await other.context().addCookies([planted]);
    await other.goto(`${auth}/account`);
    await expectPage(other, "Sign in");
  });

  test("what a partner calls itself is text", async () => {
    const hostile = await Partner.open(`<img src=x onerror=alert(1)>"><b>Books`);
    try {
      const [page, person] = [await open(), await newPerson(`<script>alert(2)</script>`)];
      page.on("dialog", () => assert.fail("a script ran"));
      await page.goto(hostile.request().url);
      await signIn(page, person);
      await expectPage(page, `Allow ${hostile.name} access?`);
      assert.equal(await page.locator("main img, main script, main b").count(), 0);
      await decide(page, "Allow");
      await backAt(page, hostile);
    } finally {
      await hostile.close();
    }
  });
});
