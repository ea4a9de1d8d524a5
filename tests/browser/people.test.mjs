// A person signs in, is asked, decides, looks at what they have allowed, and signs out.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { allow, backAt, chromiumForTests, decide, expectPage, sessionCookie, signIn } from "./support/browser.mjs";
import { SCOPE, auth, newPerson } from "./support/house.mjs";
import { Partner } from "./support/partner.mjs";

describe("people", () => {
  const open = chromiumForTests();
  let partner;
  before(async () => {
    partner = await Partner.open("Books");
  });
  after(() => partner.close());

  test("a person signs in, allows a partner, and the partner gets its tokens", async () => {
    const [page, person] = [await open(), await newPerson()];
    const request = partner.request();
    await page.goto(request.url);
    await expectPage(page, "Sign in");
    assert.match(await page.locator("main").innerText(), /to go on to Books/);
    await signIn(page, person);

    await expectPage(page, "Allow Books access?");
    const text = await page.locator("main").innerText();
    assert.match(text, new RegExp(`${person.name}, ${person.email}`));
    assert.equal(await page.locator("ul.can li").count(), SCOPE.split(" ").length, "each scope has a line");
    assert.match(text, new RegExp(`go back to ${partner.origin}`));
    await decide(page, "Allow");

    const tokens = await partner.redeem(request, await backAt(page, partner));
    assert.equal(tokens.token_type, "Bearer");
    assert.ok(tokens.id_token && tokens.refresh_token);
    assert.deepEqual(new Set(tokens.scope.split(" ")), new Set(SCOPE.split(" ").slice(3)), "the API's part");
  });

  test("a wrong password is told as that, and what was typed as the address stays", async () => {
    const [page, person] = [await open(), await newPerson()];
    await page.goto(partner.request().url);
    await signIn(page, { ...person, password: "not-the-password" });
    const alert = page.getByRole("alert");
    assert.equal(await alert.innerText(), "The e-mail address or the password is wrong.");
    assert.equal(await page.getByLabel("E-mail address", { exact: true }).inputValue(), person.email);
    assert.equal(await page.getByLabel("Password").inputValue(), "");
    const described = page.getByLabel("Password");
    assert.equal(await described.getAttribute("aria-describedby"), await alert.getAttribute("id"));
    await signIn(page, person);
    await expectPage(page, "Allow Books access?");
  });

  test("a person says no, and the partner hears access_denied", async () => {
    const [page, person] = [await open(), await newPerson()];
    const request = partner.request();
    await page.goto(request.url);
    await signIn(page, person);
    await decide(page, "Deny");
    const answer = partner.answer(request, await backAt(page, partner));
    assert.equal(answer.error, "access_denied");
    assert.equal(answer.code, undefined);
    // A no is not kept: next time the person is asked again.
    await page.goto(partner.request().url);
    await expectPage(page, "Allow Books access?");
  });

  test("what is allowed is listed, can be withdrawn, and is asked again afterwards", async () => {
    const [page, person] = [await open(), await newPerson()];
    const { request, address } = await allow(page, partner, person);
    const tokens = await partner.redeem(request, address);
    await page.goto(`${auth}/account`);
    await expectPage(page, "Your account");
    await page.getByRole("heading", { name: "Books" }).waitFor();

    // Allowed is allowed: nothing is asked.
    const again = partner.request();
    await page.goto(again.url);
    assert.ok(partner.answer(again, await backAt(page, partner)).code);

    await page.goto(`${auth}/account`);
    await page.getByRole("button", { name: /^Withdraw/ }).click();
    await page.waitForURL(`${auth}/account`);
    await page.getByRole("heading", { name: "Books" }).waitFor({ state: "detached" });
    await assert.rejects(partner.refresh(tokens.refresh_token), /400.*invalid_grant/);
    await page.goto(partner.request().url);
    await expectPage(page, "Allow Books access?");
  });

  test("who is signed in is not asked for a password by a second partner, but for leave", async () => {
    const second = await Partner.open("Prints");
    try {
      const [page, person] = [await open(), await newPerson()];
      await allow(page, partner, person);
      const request = second.request();
      await page.goto(request.url);
      await expectPage(page, "Allow Prints access?");
      await decide(page, "Allow");
      assert.ok(second.answer(request, await backAt(page, second)).code);
      // Both have leave now: single sign-on, without a page.
      for (const each of [partner, second]) {
        const silent = each.request({ prompt: "none" });
        await page.goto(silent.url);
        assert.ok(each.answer(silent, page.url()).code);
      }
    } finally {
      await second.close();
    }
  });

  test("the applications of the house share one password, and each asks for leave", async () => {
    const [page, person] = [await open(), await newPerson()];
    await page.goto(partner.request({ client_id: "orders-app" }).url);
    await signIn(page, person);
    await decide(page, "Allow");
    assert.match(await backAt(page, partner), /[?&]code=/);
    const second = partner.request({ client_id: "admin-app", scope: "openid profile" });
    await page.goto(second.url);
    await decide(page, "Allow");
    assert.ok(partner.answer(second, await backAt(page, partner)).code);
  });

  test("after signing out the browser knows nobody, and the button Back shows nothing", async () => {
    const [page, person] = [await open(), await newPerson()];
    await page.goto(`${auth}/sign-in`);
    await signIn(page, person);
    await expectPage(page, "Your account");
    await page.getByRole("link", { name: "Sign out" }).click();
    await expectPage(page, "Sign out?");
    const before = await sessionCookie(page);
    await page.getByRole("button", { name: "Sign out" }).click();
    await expectPage(page, "You are signed out");
    await page.goto(`${auth}/account`);
    await expectPage(page, "Sign in");
    await page.goBack();
    await page.goBack();
    assert.ok(!(await page.content()).includes(person.email), "nothing of the person is shown");
    // Whoever has kept the old cookie has nothing.
    await page.context().addCookies([before]);
    await page.goto(`${auth}/account`);
    await expectPage(page, "Sign in");
  });

  test("a partner signs the person out and gets the browser back", async () => {
    const [page, person] = [await open(), await newPerson()];
    const { request, address } = await allow(page, partner, person);
    const { id_token } = await partner.redeem(request, address);
    const signedOut = `${partner.origin}/signed-out`;
    const query = new URLSearchParams({ id_token_hint: id_token, post_logout_redirect_uri: signedOut, state: "s-1" });
    await page.goto(`${auth}/oauth/logout?${query}`);
    assert.equal(page.url(), `${signedOut}?state=s-1`);
    await page.goto(`${auth}/account`);
    await expectPage(page, "Sign in");
  });

  test("a stranger's link to sign out asks first, and leads nowhere else", async () => {
    const [page, person] = [await open(), await newPerson()];
    await allow(page, partner, person);
    const elsewhere = new URLSearchParams({ post_logout_redirect_uri: `${partner.origin}/signed-out` });
    await page.goto(`${auth}/oauth/logout?${elsewhere}`);
    await expectPage(page, "Sign out?");
    await page.goto(`${auth}/account`);
    await expectPage(page, "Your account");
  });

  test("prompt=login asks for the password of somebody who is signed in", async () => {
    const [page, person] = [await open(), await newPerson()];
    await allow(page, partner, person);
    const request = partner.request({ prompt: "login" });
    await page.goto(request.url);
    await expectPage(page, "Sign in");
    await signIn(page, person);
    assert.ok(partner.answer(request, await backAt(page, partner)).code);
  });

  test("an unknown redirect URI is told to the person and to nobody else", async () => {
    const page = await open();
    const seen = partner.requests.length;
    await page.goto(partner.request({ redirect_uri: `${partner.origin}/elsewhere` }).url);
    await expectPage(page, "We do not know where to send you back to");
    assert.equal(new URL(page.url()).origin, auth);
    assert.equal(partner.requests.length, seen);
  });
});
