import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { findViolations } from "@/tools/gallery/axe.ts";
import { PASSWORD } from "./_company.ts";
import { withOwnerBrowser } from "./_owner_browser.ts";

/** The page as it is fits a phone and the screen of a desk, in light and in dark, and can be used by everybody. */
async function looksRight(page: Page): Promise<void> {
  for (const width of [360, 1280]) {
    for (const value of ["light", "dark"] as const) {
      await page.setViewport({ width, height: 800 });
      const found = await findViolations(page, value);
      assert.deepEqual(found, [], `${page.url()} ${width} ${value}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${page.url()}: ${wide} px wide`);
      const { LINYA_PICTURES: folder } = Deno.env.toObject();
      const name = `${page.url().replace(/\W+/g, "_").slice(-40)}_${width}_${value}`;
      if (folder) await page.screenshot({ path: `${folder}/${name}.png` as `${string}.png`, fullPage: true });
    }
  }
}

Deno.test("the question stands before a page and in place of a form, with scripts and without, and the keyboard answers it", () =>
  withOwnerBrowser(async ({ installation, page, base, go }) => {
    await page.goto(`${base}/admin/settings/sessions`);
    await looksRight(page);

    installation.clock.advance({ minutes: 16 });
    await page.goto(`${base}/admin/roles/new`);
    assert.equal(new URL(page.url()).pathname, "/admin/confirm");
    await looksRight(page);
    await page.focus('main [name="_password"]');
    await page.keyboard.type("kape sa gabi");
    await go(() => page.keyboard.press("Enter"));
    await looksRight(page);
    await page.focus('main [name="_password"]');
    await page.keyboard.type(PASSWORD);
    await go(() => page.keyboard.press("Enter"));
    assert.equal(new URL(page.url()).pathname, "/admin/roles/new");

    for (const scripts of [true, false]) {
      await page.setJavaScriptEnabled(scripts);
      await page.goto(`${base}/admin/roles/new`);
      await page.type('[name="name"]', `Night desk ${scripts}`);
      await page.$eval('[value="payment:read"]', (box) => (box as HTMLInputElement).checked = true);
      installation.clock.advance({ minutes: 16 });
      await go(() => page.$eval("main form.form", (form) => (form as HTMLFormElement).requestSubmit()));
      const question = await page.$eval("main", (main) => main.textContent ?? "");
      assert.match(question, /Confirm that it is you/);
      if (scripts) await looksRight(page);
      await page.type('[name="_password"]', PASSWORD);
      await go(() => page.keyboard.press("Enter"));
      assert.match(page.url(), /\/admin\/roles\/[0-9a-f-]{36}\?done=made$|\/admin\/roles\/[0-9a-f-]{36}$/);
      assert.match(await page.$eval("main", (main) => main.textContent ?? ""), /Night desk/);
    }
  }));
