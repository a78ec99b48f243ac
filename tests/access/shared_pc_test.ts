import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { withOwnerBrowser } from "./_owner_browser.ts";

const textOf = (page: Page) => page.$eval("body", (body) => body.textContent ?? "");

Deno.test("on a PC that others use, nothing of the person before is shown: not by the back button, nor by what the tab kept", () =>
  withOwnerBrowser(async ({ page, base, go }) => {
    for (const path of ["/admin/plans", "/admin/staff", "/admin/settings/sessions"]) {
      const answer = await page.goto(base + path);
      assert.equal(answer?.headers()["cache-control"], "no-store", path);
      assert.match(await textOf(page), /Ana Cruz/);
    }
    await page.waitForSelector("html.has-script");
    await t360(page);

    // As the browser does it with a page that it keeps: hidden as it is left, read again before it is seen.
    const isHidden = await page.evaluate(() => {
      dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
      return document.documentElement.hidden;
    });
    assert.equal(isHidden, true);
    await go(() =>
      page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })))
    );
    assert.equal(await page.evaluate(() => document.documentElement.hidden), false);

    await page.waitForSelector("html.has-script");
    await go(() => page.$eval("form[data-sign-out]", (form) => (form as HTMLFormElement).requestSubmit()));
    assert.equal(new URL(page.url()).pathname, "/login");
    for (let steps = 0; steps < 3; steps++) {
      await page.goBack();
      const text = await textOf(page);
      assert.doesNotMatch(text, /Ana Cruz|Ilaya Net/, page.url());
      assert.equal(new URL(page.url()).pathname, "/login");
    }
    const kept = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
    assert.doesNotMatch(kept, /Ana|Ilaya|@/);
  }));

/** The list of sessions fits a phone. */
async function t360(page: Page): Promise<void> {
  await page.setViewport({ width: 360, height: 740 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `${wide} px wide`);
  await page.setViewport({ width: 1280, height: 800 });
}
