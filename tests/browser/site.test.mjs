// The partner's own web site, third-party-app: a person connects their account there and orders a book.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, before, describe, test } from "node:test";
import { chromiumForTests, decide, expectPage, signIn } from "./support/browser.mjs";
import { auth, newPartner, newPerson, orders, setting } from "./support/house.mjs";
import { accessible, fitsAcross, screenshot } from "./support/looks.mjs";

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** However it is laid out: a screen reader finds the columns, and no label is said as a part of a cell. */
async function readsAsATable(page) {
  const table = page.getByRole("table", { name: "What you have ordered" });
  const columns = await table.getByRole("columnheader").allInnerTexts();
  assert.deepEqual(columns, ["What", "Price", "Status", "Order"]);
  assert.equal(await table.getByRole("row").count(), 3);
  await table.getByRole("cell", { name: "Moby-Dick", exact: true }).waitFor();
  for (const text of ["10.00 EUR", "placed"]) {
    const cells = await table.getByRole("cell", { name: text, exact: true }).all();
    assert.equal(cells.length, 2);
    const broken = await Promise.all(cells.map((cell) => cell.evaluate((shown) => {
      const range = document.createRange();
      range.selectNodeContents(shown);
      return range.getClientRects().length > 1;
    })));
    assert.deepEqual(broken, [false, false], `"${text}" is on one line`);
  }
}

describe("the partner's site", () => {
  const open = chromiumForTests();
  let home, site;

  before(async () => {
    const { client_id, client_secret } = await newPartner("Bright Books");
    const port = await freePort();
    home = `http://127.0.0.1:${port}`;
    const options = { "--issuer": auth, "--orders-url": orders, "--client-id": client_id, "--public-url": home };
    const given = [...Object.entries(options).flat(), "--port", `${port}`];
    const env = { ...process.env, CLIENT_SECRET: client_secret };
    site = spawn(setting("BROWSER_SITE"), ["serve", ...given], { env, stdio: ["ignore", "ignore", "inherit"] });
    for (let tries = 0; ; tries += 1) {
      const alive = await fetch(`${home}/healthz`).catch(() => undefined);
      if (alive?.ok) return;
      assert.ok(tries < 100 && site.exitCode === null, "the site serves");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });
  after(() => site?.kill());

  for (const colorScheme of ["light", "dark"]) {
    test(`a person connects their account and orders a book, ${colorScheme}`, async () => {
      const [page, person] = [await open({ colorScheme, viewport: { width: 390, height: 844 } }), await newPerson()];
      const look = async (name) => {
        await accessible(page, name);
        await fitsAcross(page, name);
        await screenshot(page, `site-${colorScheme}`, name);
      };
      await page.goto(home);
      await expectPage(page, "Welcome");
      await look("welcome");
      await page.getByRole("button", { name: "Connect your account" }).click();
      await signIn(page, person);
      await expectPage(page, "Allow Bright Books access?");
      await decide(page, "Allow");
      await expectPage(page, "Your orders");
      assert.equal(new URL(page.url()).origin, home);
      // The address is shown where it was verified alone, which a password does not do.
      assert.match(await page.locator("main").innerText(), /^Connected as Alice\.$/m);
      await look("connected");
      await page.getByLabel("Which book").fill("Moby-Dick");
      await page.getByRole("button", { name: "Order" }).click();
      await page.getByRole("cell", { name: "Moby-Dick" }).waitFor();
      // As long as a title may be, and nowhere to break it.
      await page.getByLabel("Which book").fill(`A very long ${"title".repeat(30)}`);
      await page.getByRole("button", { name: "Order" }).click();
      await page.getByRole("cell", { name: /^A very long/ }).waitFor();
      await look("ordered");
      await readsAsATable(page);
      await page.setViewportSize({ width: 1280, height: 800 });
      await look("ordered-desk");
      await readsAsATable(page);

      // The cookie of the authorization server does not come here.
      await page.getByRole("link", { name: "What the browser sent" }).click();
      await expectPage(page, "What the browser sent");
      assert.doesNotMatch(await page.locator("main ul").innerText(), /^session$/m);
      await look("sent");

      // What is withdrawn is over, at the site too.
      await page.goto(`${auth}/account`);
      await page.getByRole("button", { name: /^Withdraw/ }).click();
      await page.getByRole("heading", { name: "Bright Books" }).waitFor({ state: "detached" });
    });
  }

  test("who is known and has allowed it is connected by one button", async () => {
    const [page, person] = [await open(), await newPerson()];
    await page.goto(home);
    await page.getByRole("button", { name: "Connect your account" }).click();
    await signIn(page, person);
    await decide(page, "Allow");
    await expectPage(page, "Your orders");
    await page.getByRole("button", { name: "Disconnect" }).click();
    await expectPage(page, "Welcome");
    await page.getByRole("button", { name: "Connect your account" }).click();
    await expectPage(page, "Your orders");
  });

  test("a person who says no is told so, and can try again", async () => {
    const [page, person] = [await open(), await newPerson()];
    await page.goto(home);
    await page.getByRole("button", { name: "Connect your account" }).click();
    await signIn(page, person);
    await decide(page, "Deny");
    await page.getByRole("alert").waitFor();
    assert.equal(new URL(page.url()).origin, home);
    await accessible(page, "trouble");
    await page.getByRole("link", { name: "Go to the first page" }).click();
    await expectPage(page, "Welcome");
  });
});
