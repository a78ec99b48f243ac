import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { pay } from "@/tests/billing/isp.ts";
import { until } from "@/tests/support/until.ts";
import { browserTest, pathOf, textAt, withDesk } from "./_desk.ts";

/** Every list with rows about people or things, and what the letters do for a row of it. */
const LISTS: Record<string, (row: Row) => Partial<Record<"p" | "h" | "e", string>>> = {
  "/admin/subscribers": ({ page, key }) => ({
    p: `/admin/payments/new?subscriber=${page}`,
    h: `/admin/subscribers/${page}/hold?connection=${key}`,
    e: `/admin/subscribers/${page}/edit`,
  }),
  "/admin/tonight": ({ page, key }) => ({
    p: `/admin/payments/new?subscriber=${page}`,
    h: `/admin/tonight/${key}/hold`,
    e: `/admin/subscribers/${page}/edit`,
  }),
  "/admin/bills": ({ page }) => ({ p: `&bill=${page}` }),
  "/admin/payments": () => ({ p: "/admin/payments/new?subscriber=" }),
  "/admin/plans": ({ page }) => ({ e: `/admin/plans/${page}/edit` }),
  "/admin/sites": () => ({}),
  "/admin/runs": () => ({}),
  "/admin/payments/new?q=subscriber": ({ page }) => ({ p: `/admin/payments/new?subscriber=${page}` }),
};

interface Row {
  /** Id in the address that the row's link leads to. */
  page: string;
  /** What the row is known by. */
  key: string;
}

const rowAt = (page: Page, index: number): Promise<Row> =>
  page.$$eval("main table.table tbody tr", (rows, index) => {
    const row = rows[index] as HTMLElement;
    const href = row.querySelector<HTMLAnchorElement>(".row-link")?.getAttribute("href") ?? "";
    return { page: /[0-9a-f-]{36}/.exec(href)?.[0] ?? "", key: row.dataset.key ?? "" };
  }, index);
const ticked = (page: Page) => page.$$eval("td.check input:checked", (boxes) => boxes.length);
/** Everything that is waiting in the page's event queue has been done. */
const settle = (page: Page) => page.evaluate(() => new Promise((done) => setTimeout(done)));

async function openKey(page: Page, key: string): Promise<string> {
  await Promise.all([page.waitForNavigation(), page.keyboard.press(key as "p")]);
  return pathOf(page);
}

browserTest(
  "on every list the letters act on the focused row, and on nothing without one",
  () =>
    withDesk({ at: "2026-02-13T10:00" }, async ({ isp, page, open }) => {
      for (let n = 0; n < 4; n++) await pay(isp, n, 10);
      for (const [path, keysOf] of Object.entries(LISTS)) {
        await open(path);
        if (path.includes("?q=")) await page.evaluate("document.activeElement.blur()");
        for (const key of ["h", "e", "p", "x", "Enter"]) {
          await page.keyboard.press(key as "h");
          await settle(page);
          assert.equal(pathOf(page), path, `${key} without a focused row on ${path}`);
        }
        assert.equal(await ticked(page), 0, path);
        assert.equal(await page.$("dialog[open]"), null, path);
        const rows = await page.$$eval("main table.table tbody tr", (rows) => rows.length);
        const wanted = Math.min(3, rows);
        const keys = keysOf(await rowAt(page, wanted - 1));
        const letters = ["p", "h", "e"] as const;
        const focusRow = async () => {
          for (let i = 0; i < wanted; i++) await page.keyboard.press("j");
        };
        await focusRow();
        for (const key of letters.filter((key) => keys[key] === undefined)) {
          await page.keyboard.press(key);
          await settle(page);
          assert.equal(pathOf(page), path, `${key} on ${path} has nothing to do`);
        }
        for (const [index, key] of letters.filter((key) => keys[key] !== undefined).entries()) {
          if (index > 0) {
            await open(path);
            if (path.includes("?q=")) await page.evaluate("document.activeElement.blur()");
            await focusRow();
          }
          const reached = await openKey(page, key);
          assert.ok(reached.includes(keys[key] ?? ""), `${key} on ${path}: ${reached}`);
        }
      }
      // A list of nobody means nobody too.
      await open("/admin/tonight?view=held");
      for (const key of ["j", "h", "e", "p", "x"]) await page.keyboard.press(key as "h");
      await settle(page);
      assert.equal(pathOf(page), "/admin/tonight?view=held");
      await open("/admin/subscribers");
      for (let i = 0; i < 3; i++) await page.keyboard.press("j");
      await page.keyboard.press("x");
      assert.equal(
        await page.$eval("tbody tr:nth-child(3) td.check input", (box) => (box as HTMLInputElement).checked),
        true,
      );
      assert.equal(await ticked(page), 1);
      // The mouse and Tab put the focus on a row as well as j does.
      await page.focus("tbody tr:nth-child(7) .row-link");
      await page.keyboard.press("x");
      assert.equal(
        await page.$eval("tbody tr:nth-child(7) td.check input", (box) => (box as HTMLInputElement).checked),
        true,
      );
      const seventh = await rowAt(page, 6);
      assert.equal(await openKey(page, "e"), `/admin/subscribers/${seventh.page}/edit`);
      // Away from the list the letters mean nobody again.
      await open("/admin/subscribers");
      await page.keyboard.press("j");
      await page.focus(".user-menu > summary");
      await page.keyboard.press("e");
      await settle(page);
      assert.equal(pathOf(page), "/admin/subscribers");
    }),
);

browserTest(
  "j j j j h on Tonight holds the fourth, and the page and the toast say who it is",
  () =>
    withDesk({ at: "2026-02-13T10:00" }, async ({ isp, page, open }) => {
      await open("/admin/tonight");
      const fourth = await rowAt(page, 3);
      const name = await page.$eval("tbody tr:nth-child(4) .row-link", (link) => link.textContent ?? "");
      for (let i = 0; i < 4; i++) await page.keyboard.press("j");
      assert.equal(await openKey(page, "h"), `/admin/tonight/${fourth.key}/hold`);
      assert.match(await textAt(page, "main"), new RegExp(name));
      await page.waitForSelector("html.has-script");
      await page.type("input[name=reason]", "Pays on Friday");
      await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
      // Its words come a moment after its frame, so that they are read out.
      const said = () => page.$eval(".toast", (toast) => toast.textContent.trim()).catch(() => "");
      await until(async () => (await said()).startsWith(`${name}: `), { what: "the toast says who it is" });
      const held = await isp.run((trx) =>
        trx.selectFrom("holds").select("subscription_id").where("tenant_id", "=", isp.tenantId).execute()
      );
      assert.deepEqual(held, [{ subscription_id: fourth.key }]);
      // What was done is taken back for the same person, by name.
      await page.waitForSelector(".toast button[type=submit]");
      await Promise.all([page.waitForNavigation(), page.click(".toast button[type=submit]")]);
      assert.match(await textAt(page, "main .banner"), new RegExp(`^${name}: `));
    }),
);

browserTest(
  "on somebody's page the letters mean this person, from the first moment on",
  () =>
    withDesk({}, async ({ isp, page, base }) => {
      const [subscriber = ""] = isp.subscriberIds.slice(2);
      const path = `/admin/subscribers/${subscriber}`;
      const expected = {
        p: `/admin/payments/new?subscriber=${subscriber}`,
        h: `${path}/hold?connection=${isp.subscriptionIds[2]}`,
        e: `${path}/edit`,
      };
      for (const [key, to] of Object.entries(expected)) {
        // On a busy machine a page is seldom in its first second when the key comes: it is opened until one is.
        let age = Infinity;
        for (let opened = 0; age >= 1200 && opened < 6; opened++) {
          await page.goto(base + path, { waitUntil: "load" });
          await page.waitForSelector("html.has-script");
          age = await page.evaluate("performance.now()") as number;
          assert.equal(await openKey(page, key), to, `${key} ${age} ms after the page began`);
        }
      }
      await page.goto(base + path, { waitUntil: "load" });
      await page.waitForSelector("html.has-script");
      for (const key of ["s", "b", "l", "t"]) await page.keyboard.press(key as "s");
      await settle(page);
      assert.equal(pathOf(page), path);
      await page.keyboard.press("g");
      assert.equal(await openKey(page, "b"), "/admin/bills");
      // A `g` that was left behind on another page does not count here.
      await page.keyboard.press("g");
      await page.goto(base + path, { waitUntil: "load" });
      await page.waitForSelector("html.has-script");
      assert.equal(await openKey(page, "p"), expected.p);
    }),
);

browserTest(
  "with two connections the letter means the focused one, and none when none is focused",
  () =>
    withDesk({}, async ({ isp, page, open }) => {
      const [subscriber = ""] = isp.subscriberIds.slice(2);
      const other = isp.subscriptionIds[5] ?? "";
      await isp.run((trx) =>
        trx.updateTable("subscriptions").set({ subscriber_id: subscriber }).where(
          "tenant_id",
          "=",
          isp.tenantId,
        )
          .where("id", "=", other).execute()
      );
      const path = `/admin/subscribers/${subscriber}`;
      await open(path);
      await page.keyboard.press("h");
      await settle(page);
      assert.equal(pathOf(page), path);
      await page.focus(`main a[href='${path}/hold?connection=${other}']`);
      assert.equal(await openKey(page, "h"), `${path}/hold?connection=${other}`);
      await open("/admin/subscribers");
      while ((await page.$eval("tr.is-current", (row) => row.dataset.key).catch(() => "")) !== other) {
        await page.keyboard.press("j");
      }
      assert.equal(await openKey(page, "h"), `${path}/hold?connection=${other}`);
    }),
);

browserTest(
  "what is typed before the scripts are there is not lost",
  () =>
    withDesk({}, async ({ isp, page, base }) => {
      let waiting: (() => void)[] | null = [];
      let areGone = false;
      await page.setRequestInterception(true);
      page.on("request", (request) => {
        const go = () => void (areGone ? request.abort() : request.continue());
        if (!request.url().endsWith(".js") || waiting === null) return go();
        waiting.push(go);
      });
      const release = () => {
        for (const go of waiting ?? []) go();
        waiting = null;
      };
      const openSlowly = async (path: string) => {
        waiting = [];
        void page.goto(base + path, { waitUntil: "domcontentloaded" });
        await page.waitForFunction(
          (path) => location.pathname + location.search === path && "takeEarlyStrokes" in globalThis,
          {},
          path,
        );
      };
      const value = () => page.$eval("dialog.palette input", (input) => (input as HTMLInputElement).value);

      // Where they never come the search of the page itself takes the words.
      await openSlowly("/admin/bills");
      areGone = true;
      await page.keyboard.type("/user3");
      release();
      await page.waitForFunction("document.activeElement.id === 'global-search'");
      assert.equal(await page.$eval("#global-search", (box) => (box as HTMLInputElement).value), "user3");
      areGone = false;

      await openSlowly("/admin/bills");
      await page.keyboard.type("/pebx");
      await page.keyboard.press("Backspace");
      release();
      await page.waitForSelector("dialog.palette[open]");
      await page.keyboard.type("ab");
      assert.equal(await value(), "pebab");
      assert.equal(pathOf(page), "/admin/bills");

      await openSlowly("/admin/bills");
      await page.keyboard.type("/user3");
      await page.keyboard.press("Enter");
      await Promise.all([page.waitForNavigation(), Promise.resolve(release())]);
      assert.equal(pathOf(page), `/admin/subscribers/${isp.subscriberIds[2]}`);

      // The letters of a list, one after the other.
      await openSlowly("/admin/subscribers");
      const third = await rowAt(page, 2);
      for (const key of ["j", "j", "j", "e"]) await page.keyboard.press(key as "j");
      await Promise.all([page.waitForNavigation(), Promise.resolve(release())]);
      assert.equal(pathOf(page), `/admin/subscribers/${third.page}/edit`);

      // Enter opens the row that they lead to.
      await openSlowly("/admin/subscribers");
      for (const key of ["j", "j", "j", "Enter"]) await page.keyboard.press(key as "j");
      await Promise.all([page.waitForNavigation(), Promise.resolve(release())]);
      assert.equal(pathOf(page), `/admin/subscribers/${third.page}`);
    }),
);

browserTest(
  "news under the focus leave it on the same person",
  () =>
    withDesk({ at: "2026-02-13T10:00" }, async ({ isp, page, open }) => {
      await open("/admin/tonight");
      await page.waitForFunction("document.querySelector('.live-stamp')?.classList.contains('live-live')");
      for (let i = 0; i < 3; i++) await page.keyboard.press("j");
      const third = await rowAt(page, 2);
      const focusedHref = () => page.evaluate(() => document.activeElement?.getAttribute("href") ?? "");
      // The first pays: every row would move up by one.
      await pay(isp, 0, 1000);
      await page.waitForSelector(".live-bar button");
      assert.equal(await focusedHref(), `/admin/subscribers/${third.page}`);
      await page.click(".live-bar button");
      const rows = () => page.$$eval("main table.table tbody tr", (rows) => rows.length);
      await until(async () => await rows() === 11);
      assert.equal(await openKey(page, "h"), `/admin/tonight/${third.key}/hold`);

      await open("/admin/tonight");
      await page.waitForFunction("document.querySelector('.live-stamp')?.classList.contains('live-live')");
      for (let i = 0; i < 2; i++) await page.keyboard.press("j");
      const [second, next] = [await rowAt(page, 1), await rowAt(page, 2)];
      // The focused one pays: nobody takes the place.
      await pay(isp, isp.subscriptionIds.indexOf(second.key), 1000);
      await page.waitForSelector(".live-bar button");
      await page.click(".live-bar button");
      await until(async () => await rows() === 10);
      for (const key of ["h", "e", "p", "x"]) await page.keyboard.press(key as "h");
      await settle(page);
      assert.equal(pathOf(page), "/admin/tonight");
      assert.equal(await ticked(page), 0);
      await page.keyboard.press("j");
      assert.equal(await openKey(page, "h"), `/admin/tonight/${next.key}/hold`);
    }),
);
