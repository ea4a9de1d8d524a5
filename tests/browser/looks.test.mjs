// Every page, as different people look at it: by day and by night, on a phone and on a desk, enlarged, with the keyboard
// alone, without scripts.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { backAt, chromiumForTests, decide, expectPage, signIn } from "./support/browser.mjs";
import { auth, linkFor, newAddress, newPerson } from "./support/house.mjs";
import { accessible, fitsAcross, screenshot, tabTo, tabToElement } from "./support/looks.mjs";
import { Partner } from "./support/partner.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const DESK = { viewport: { width: 1280, height: 800 } };
// What a window of 1280 by 1024 holds when it is enlarged (WCAG 2.2, 1.4.4 and 1.4.10).
const TWICE = { viewport: { width: 640, height: 512 }, deviceScaleFactor: 2 };
const FOUR_TIMES = { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 };
// As long as a name may be, and nowhere to break it.
const LONG = `Books and very many other things ${"x".repeat(67)}`;

describe("looks", () => {
  const open = chromiumForTests();
  let partner, longNamed;
  before(async () => {
    partner = await Partner.open("Books");
    longNamed = await Partner.open(LONG);
  });
  after(() => Promise.all([partner.close(), longNamed.close()]));

  /** Every page that there is; `look` is called on each. */
  async function walk(page, look) {
    const person = await newPerson();
    await page.goto(partner.request({ client_id: "nobody" }).url);
    await look("error");
    await page.goto(`${auth}/sign-in`);
    await look("sign-in");
    await page.getByText("Sign in without a password").click();
    await look("sign-in-by-link");
    const email = newAddress();
    await page.getByLabel("E-mail address for the link").fill(email);
    await page.getByRole("button", { name: "Send me a link" }).click();
    await expectPage(page, "Look into your mail");
    await look("link-sent");
    await page.goto(await linkFor(email));
    await expectPage(page, "Sign in with your link");
    await look("link-confirm");

    await page.goto(partner.request({ scope: `${ALL} offline_access` }).url);
    await signIn(page, { ...person, password: "wrong" });
    await page.getByRole("alert").waitFor();
    await look("sign-in-wrong");
    await signIn(page, person);
    await expectPage(page, "Allow Books access?");
    await look("consent");
    await decide(page, "Allow");
    await backAt(page, partner);
    await page.goto(longNamed.request().url);
    await expectPage(page, "Books and very many other things");
    await look("consent-long-name");
    await decide(page, "Allow");
    await backAt(page, longNamed);
    await page.goto(`${auth}/account`);
    await look("account");
    await page.goto(`${auth}/sign-out`);
    await look("sign-out");
    await page.getByRole("button", { name: "Sign out" }).click();
    await expectPage(page, "You are signed out");
    await look("signed-out");
    const other = await newPerson("Bob");
    await page.goto(`${auth}/sign-in`);
    await signIn(page, other);
    await expectPage(page, "Your account");
    await look("account-empty");
  }
  const ALL = "openid profile email orders:read orders:write accounts:read accounts:write";
  const PAGES = 12;

  for (const [place, device] of Object.entries({ phone: PHONE, desk: DESK })) {
    for (const colorScheme of ["light", "dark"]) {
      test(`on a ${place}, ${colorScheme}: axe finds nothing serious, and all fits`, async (t) => {
        const page = await open({ ...device, colorScheme });
        const [names, grounds] = [[], new Set()];
        await walk(page, async (name) => {
          names.push(name);
          for (const line of await accessible(page, name)) t.diagnostic(line);
          await fitsAcross(page, name);
          grounds.add(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
          await screenshot(page, `${place}-${colorScheme}`, name);
        });
        assert.equal(new Set(names).size, PAGES);
        // One colour, and a light or a dark one: the sheet was loaded and heeds the scheme.
        const [ground, ...others] = grounds;
        assert.deepEqual(others, []);
        const brightness = ground.match(/\d+/g).reduce((sum, part) => sum + Number(part), 0) / 3;
        assert.ok(colorScheme === "light" ? brightness > 200 : brightness < 60, ground);
      });
    }
  }

  for (const [name, device] of Object.entries({ "200%": TWICE, "400%": FOUR_TIMES })) {
    test(`enlarged to ${name} nothing has to be scrolled sideways`, async () => {
      const page = await open(device);
      await walk(page, (name) => fitsAcross(page, name));
    });
  }

  test("with text alone twice as large nothing has to be scrolled sideways", async () => {
    const page = await open(DESK);
    await walk(page, async (name) => {
      await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
      await fitsAcross(page, name);
    });
  });

  test("with Tab and Enter alone", async () => {
    const [page, person] = [await open(), await newPerson()];
    const enterOn = async (role, name) => {
      await tabTo(page, role, name);
      await page.keyboard.press("Enter");
    };
    // The first field has the focus without a key.
    const typeNameAndPassword = async () => {
      await page.locator("#email:focus").waitFor();
      await page.keyboard.type(person.email);
      await tabTo(page, "textbox", "Password");
      await page.keyboard.type(person.password);
      await page.keyboard.press("Enter");
    };
    // Sign in, and allow.
    let request = partner.request();
    await page.goto(request.url);
    await typeNameAndPassword();
    await expectPage(page, "Allow Books access?");
    await enterOn("button", "Allow");
    assert.ok((await partner.redeem(request, await backAt(page, partner))).id_token);

    // Another partner asks for no password, and is refused.
    request = longNamed.request();
    await page.goto(request.url);
    await expectPage(page, "Books and very many other things");
    await enterOn("button", "Deny");
    assert.equal(longNamed.answer(request, await backAt(page, longNamed)).error, "access_denied");

    // Withdraw, and sign out.
    await page.goto(`${auth}/account`);
    await enterOn("button", "Withdraw what Books can do");
    await page.getByRole("heading", { name: "Books" }).waitFor({ state: "detached" });
    await enterOn("link", "Sign out");
    await expectPage(page, "Sign out?");
    await enterOn("button", "Sign out");
    await expectPage(page, "You are signed out");

    // A link by mail.
    const email = newAddress();
    await page.goto(`${auth}/sign-in`);
    await tabToElement(page, page.locator("summary"), "Sign in without a password");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.type(email);
    await page.keyboard.press("Enter");
    await expectPage(page, "Look into your mail");
    await page.goto(await linkFor(email));
    await expectPage(page, "Sign in with your link");
    await enterOn("button", "Sign in");
    await expectPage(page, "Your account");
  });

  test("without scripts", async () => {
    const [page, person] = [await open({ javaScriptEnabled: false }), await newPerson()];
    const request = partner.request();
    await page.goto(request.url);
    await signIn(page, person);
    await expectPage(page, "Allow Books access?");
    await decide(page, "Allow");
    assert.ok((await partner.redeem(request, await backAt(page, partner))).id_token);
    await page.goto(`${auth}/account`);
    await page.getByRole("button", { name: /^Withdraw/ }).click();
    await page.getByRole("heading", { name: "Books" }).waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await expectPage(page, "You are signed out");
  });

  test("nothing moves for whoever wants it so", async () => {
    for (const [reducedMotion, moves] of [["no-preference", true], ["reduce", false]]) {
      const page = await open({ reducedMotion });
      await page.goto(`${auth}/sign-in`);
      const times = await page.evaluate(() =>
        [...document.querySelectorAll("*")].flatMap((element) => {
          const { transitionDuration, animationName } = getComputedStyle(element);
          return [...transitionDuration.split(",").map(parseFloat), animationName === "none" ? 0 : 1];
        }),
      );
      assert.equal(times.some((time) => time > 0), moves, reducedMotion);
    }
  });
});
