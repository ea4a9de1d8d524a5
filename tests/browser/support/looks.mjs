// What every page is held to, however it is looked at.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { screenshots } from "./house.mjs";

const AXE = createRequire(import.meta.url)("axe-core").source;

/** axe finds nothing serious, by the rules of WCAG 2.2 at levels A and AA and by those of good practice. */
export async function accessible(page, name) {
  await page.evaluate(AXE);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const told = grave.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`);
  assert.deepEqual(told, [], name);
  assert.ok(passes.length > 10, `${name}: axe looked at the page`);
  return violations.map(({ id, impact }) => `${name}: ${impact}: ${id}`);
}

/** Nothing sticks out to the side (WCAG 2.2, 1.4.10). */
export async function fitsAcross(page, name) {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.ok(content <= window, `${name} is ${content} wide in a window of ${window}`);
}

export function screenshot(page, folder, name) {
  return page.screenshot({ path: join(screenshots, folder, `${name}.png`), fullPage: true });
}

/** The person presses Tab until the element with this name has the focus, and sees that it has. */
export function tabTo(page, role, name) {
  return tabToElement(page, page.getByRole(role, { name, exact: true }), name);
}

/** The same for what has no role of its own. */
export async function tabToElement(page, wanted, name) {
  for (let presses = 0; presses < 25; presses += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) {
      const outline = await wanted.evaluate((element) => getComputedStyle(element).outlineStyle);
      assert.notEqual(outline, "none", `the focus is seen on ${name}`);
      return;
    }
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab does not lead to ${name}`);
}
