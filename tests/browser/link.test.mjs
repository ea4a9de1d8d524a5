// A person without a password signs in with a link from their mail.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { allow, backAt, chromiumForTests, decide, expectPage, sessionCookie } from "./support/browser.mjs";
import { auth, linkFor, newAddress, newPerson } from "./support/house.mjs";
import { Partner } from "./support/partner.mjs";

describe("a link by mail", () => {
  const open = chromiumForTests();
  let partner;
  before(async () => {
    partner = await Partner.open("Books");
  });
  after(() => partner.close());

  async function askForLink(page, email) {
    await page.getByText("Sign in without a password").click();
    await page.getByLabel("E-mail address for the link").fill(email);
    await page.getByRole("button", { name: "Send me a link" }).click();
    await expectPage(page, "Look into your mail");
    return linkFor(email);
  }

  test("the link brings the person to where they were going, once", async () => {
    const [page, email] = [await open(), newAddress()];
    const request = partner.request();
    await page.goto(request.url);
    const link = await askForLink(page, email);
    const before = await sessionCookie(page);

    await page.goto(link);
    await expectPage(page, "Sign in with your link");
    assert.match(await page.locator("main").innerText(), new RegExp(email));
    await page.getByRole("button", { name: "Sign in" }).click();
    await expectPage(page, "Allow Books access?");
    assert.notEqual((await sessionCookie(page)).value, before.value, "signing in gives it another value");
    await decide(page, "Allow");
    assert.ok((await partner.redeem(request, await backAt(page, partner))).id_token);

    const again = await page.goto(link);
    assert.equal(again.status(), 400);
  });

  test("where leave was given already, the button leads to the partner at once", async () => {
    const [page, earlier, person] = [await open(), await open(), await newPerson()];
    await allow(earlier, partner, person);
    await page.goto(partner.request().url);
    await page.goto(await askForLink(page, person.email));
    // The redirect after the form leads to another site: the policy of this page must allow it.
    await page.getByRole("button", { name: "Sign in" }).click();
    assert.match(await backAt(page, partner), /[?&]code=/);
  });

  test("opening the link signs nobody in, and in another browser it is no good", async () => {
    const [page, other, email] = [await open(), await open(), newAddress()];
    await page.goto(`${auth}/sign-in`);
    const link = await askForLink(page, email);
    await page.goto(link);
    await expectPage(page, "Sign in with your link");
    await page.goto(`${auth}/account`);
    await expectPage(page, "Sign in");
    assert.equal((await other.goto(link)).status(), 400);
    await page.goto(link);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expectPage(page, "Your account");
  });
});
