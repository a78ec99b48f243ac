import assert from "node:assert/strict";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { launchBrowser } from "@/tools/gallery/browser.ts";
import { listenOnFreePort } from "@/web/app/_test_app.ts";
import { createIsp } from "@/tests/billing/isp.ts";

Deno.test({
  name: "a list by mouse and keys: ranges, the heading's box, the count, and the bulk form that they fill",
  // The browser's pipes outlive its close by a moment.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using database = await createTestDatabase();
    const isp = await createIsp(database, { subscribers: 8 });
    const app = await createWebApp(isp.context, { withIslands: true });
    const owner = await app.signIn(isp.tenantId, "Owner");
    const stop = new AbortController();
    const server = await listenOnFreePort(app.handler, stop.signal);
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      const url = `http://127.0.0.1:${server.port}`;
      const [name = "", value = ""] = owner.cookie.split("=");
      await page.setCookie({ name, value, url });
      await page.goto(`${url}/admin/subscribers`);
      await page.waitForSelector("thead th.check input");
      const ticked = () => page.$$eval("tbody td.check input:checked", (boxes) => boxes.length);
      const count = () => page.$eval("[data-bulk-count]", (element) => element.textContent);
      const box = (row: number) => `tbody tr:nth-child(${row}) td.check input`;
      await page.click(box(2));
      await page.keyboard.down("Shift");
      await page.click(box(5));
      await page.keyboard.up("Shift");
      assert.equal(await ticked(), 4);
      assert.equal(await count(), "4 ticked");
      const head = () =>
        page.$eval("thead th.check input", (element) => {
          const { checked, indeterminate } = element as HTMLInputElement;
          return { checked, indeterminate };
        });
      assert.deepEqual(await head(), { checked: false, indeterminate: true });
      await page.click("thead th.check input");
      assert.equal(await ticked(), 8);
      await page.click("thead th.check input");
      assert.equal(await ticked(), 0);
      for (const key of ["j", "j", "x", "k"]) await page.keyboard.press(key as "j");
      assert.equal(await ticked(), 1);
      assert.equal(
        await page.$eval("tbody tr:nth-child(2)", (row) => row.classList.contains("is-ticked")),
        true,
      );
      await page.focus(".filter-bar input[type=search]");
      await page.keyboard.press("x");
      assert.equal(await ticked(), 1, "letters in a field are text");
      await Promise.all([
        page.waitForNavigation(),
        page.click('#bulk button[formaction="/admin/bulk/hold"]'),
      ]);
      assert.match(await page.$eval("h2", (element) => element.textContent ?? ""), /Hold 1 connection\?/);
      await page.goto(`${url}/admin/subscribers`);
      await page.waitForSelector("thead th.check input");
      await page.keyboard.press("j");
      await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
      assert.match(page.url(), /\/admin\/subscribers\/[0-9a-f-]{36}$/);
      assert.deepEqual(errors, []);
    } finally {
      await browser.close();
      stop.abort();
      await server.finished;
    }
  },
});
