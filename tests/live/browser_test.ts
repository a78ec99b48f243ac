import assert from "node:assert/strict";
import type { Browser, Page } from "puppeteer-core";
import { MARIA, type Place } from "@/tests/network/hub_world.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { until } from "@/tests/support/until.ts";
import { launchBrowser } from "@/tools/gallery/browser.ts";
import { createSite } from "@/web/services/network/create_site.ts";
import { LiveWorld } from "./live_world.ts";

/** Real browser, real PostgreSQL, real sockets. */
async function withBrowser(
  work: (
    scene: { live: LiveWorld; place: Place; browser: Browser; open(path: string): Promise<Page> },
  ) => Promise<void>,
): Promise<void> {
  await using live = await LiveWorld.start({ withIslands: true });
  const place = await live.world.addPlace("ilaya");
  const { cookie } = await live.app.signIn(place.tenantId, "Owner");
  const browser = await launchBrowser();
  try {
    const [name = "", value = ""] = cookie.split("=");
    await browser.setCookie({ name, value, domain: "127.0.0.1", path: "/" });
    await work({
      live,
      place,
      browser,
      async open(path) {
        const page = await browser.newPage();
        await page.setViewport({ width: 1280, height: 900 });
        page.on("pageerror", (error) => console.error("the page failed:", String(error)));
        await page.goto(live.url + path);
        await page.evaluate("globalThis.isSamePage = true");
        return page;
      },
    });
  } finally {
    await browser.close();
  }
}

const textOf = (page: Page, selector: string) =>
  page.$eval(selector, (element) => element.textContent?.replace(/\s+/g, " ").trim() ?? "");
const stamp = (page: Page) => textOf(page, ".live-stamp [aria-hidden]");
const isSamePage = (page: Page) => page.evaluate("globalThis.isSamePage === true");

async function untilStamp(page: Page, what: RegExp, timeoutMs = 10_000): Promise<void> {
  await until(async () => what.test(await stamp(page)), { what: `the stamp saying ${what}`, timeoutMs });
}

const BROWSER = { sanitizeOps: false, sanitizeResources: false } as const;

Deno.test({
  name: "an agent connects: pill and site turn Online within 2 s, without a reload",
  ...BROWSER,
  fn: () =>
    withBrowser(async ({ live, place, open }) => {
      const [list, site] = [await open("/admin/sites"), await open(`/admin/sites/${place.siteId}`)];
      await list.bringToFront();
      await untilStamp(list, /^Live · \d+ s ago$/);
      assert.match(await textOf(list, "#live-agents"), /Agent offline/);
      assert.match(await textOf(list, "#list-sites"), /Offline never seen/);
      const rowIs = (page: Page, selector: string, words: RegExp) =>
        until(async () => words.test(await textOf(page, selector)), { timeoutMs: 10_000, everyMs: 10 });
      const tookMs: number[] = [];
      let agent = await live.world.connect(place);
      // The machine of a test may be busy with others: the best of three is what the product needs.
      for (let round = 0; round < 3; round++) {
        agent.socket.close();
        await rowIs(list, "#list-sites", /Offline/);
        const began = performance.now();
        agent = await live.world.connect(place);
        await rowIs(list, "#list-sites", /Online/);
        await rowIs(list, "#live-agents", /Agent online/);
        tookMs.push(Math.round(performance.now() - began));
      }
      console.log(`agent connected to Online on the screen: ${tookMs.join(", ")} ms`);
      assert.ok(Math.min(...tookMs) < 2_000, `it took ${tookMs.join(", ")} ms`);
      assert.ok(await isSamePage(list));
      // A page that was hidden catches up when it is shown.
      await site.bringToFront();
      await rowIs(site, "#site-agent", /Online/);
      assert.ok(await isSamePage(site));
      agent.socket.close();
      await rowIs(site, "#site-agent", /Offline/);
    }),
});

Deno.test({
  name: "streams that are cut come back and catch up; without any the page polls, and it recovers",
  ...BROWSER,
  fn: () =>
    withBrowser(async ({ live, place, open }) => {
      const page = await open("/admin/sites");
      await untilStamp(page, /^Live/);
      await live.endStreams();
      await untilStamp(page, /^Reconnecting/);
      const began = performance.now();
      const agent = await live.world.connect(place);
      await until(async () => /Online/.test(await textOf(page, "#list-sites")), { timeoutMs: 30_000 });
      console.log(`without a stream the same took ${Math.round(performance.now() - began)} ms`);
      await untilStamp(page, /^Polling/);
      live.startStreams();
      await untilStamp(page, /^Live/, 45_000);
      agent.socket.close();
      await until(async () => /Offline/.test(await textOf(page, "#list-sites")), { timeoutMs: 3_000 });
      assert.ok(await isSamePage(page));
    }),
});

Deno.test({
  name: "rows do not move under the cursor, and what is typed is not touched",
  ...BROWSER,
  fn: () =>
    withBrowser(async ({ live, place, open }) => {
      const page = await open("/admin/sites");
      await untilStamp(page, /^Live/);
      const rows = () => page.$$eval("#list-sites tbody tr", (list) => list.length);
      await page.hover("#list-sites tbody tr");
      assertOk(await createSite(live.world.context, place.tenantId, MARIA, { name: "Bukid" }));
      await page.waitForSelector(".live-bar button");
      assert.equal(await textOf(page, ".live-bar"), "1 new · Show");
      assert.equal(await rows(), 1);
      const agent = await live.world.connect(place);
      await until(async () => /Online/.test(await textOf(page, "#list-sites tbody tr")));
      assert.equal(await rows(), 1);
      await page.click(".live-bar button");
      assert.equal(await rows(), 2);
      assert.equal(await page.$(".live-bar"), null);
      await page.mouse.move(2, 2);
      assertOk(await createSite(live.world.context, place.tenantId, MARIA, { name: "Centro" }));
      await until(async () => await rows() === 3);

      const site = await open(`/admin/sites/${place.siteId}`);
      await untilStamp(site, /^Live/);
      await site.click("details:has(#f-siteName) summary");
      await site.click("#f-siteName", { count: 3 });
      await site.type("#f-siteName", "Hilaga");
      agent.socket.close();
      await until(async () => /Offline/.test(await textOf(site, "#site-agent")));
      await until(async () => /The agent is away/.test(await textOf(site, "#site-link")));
      const typed = await site.$eval("#f-siteName", (input) => (input as HTMLInputElement).value);
      assert.equal(typed, "Hilaga");
      assert.ok(await site.evaluate("document.activeElement.id === 'f-siteName'"));
    }),
});

Deno.test({
  name: "without scripts a page that waits still loads itself again, and no stamp is claimed",
  ...BROWSER,
  fn: () =>
    withBrowser(async ({ live, place, browser }) => {
      const { siteId } = await live.world.addSite(place.tenantId, "Bukid");
      const page = await browser.newPage();
      await page.setJavaScriptEnabled(false);
      await page.goto(`${live.url}/admin/sites/${siteId}`);
      const html = await page.content();
      assert.match(html, /<noscript>\s*<meta http-equiv="refresh" content="2"/);
      assert.match(html, /class="live-stamp live-waiting"/);
      const isShown = await page.$eval(".live-stamp", (element) =>
        element.checkVisibility({ visibilityProperty: true }));
      assert.equal(isShown, false);
    }),
});

Deno.test({
  name: "signed out elsewhere, the page says so and stops asking",
  ...BROWSER,
  fn: () =>
    withBrowser(async ({ live, place, browser }) => {
      const user = await live.app.signIn(place.tenantId, "Owner");
      const [name = "", value = ""] = user.cookie.split("=");
      await browser.setCookie({ name, value, domain: "127.0.0.1", path: "/" });
      const page = await browser.newPage();
      await page.goto(`${live.url}/admin/sites`);
      await untilStamp(page, /^Live/);
      assert.equal((await user.post("/admin/sign-out", {})).status, 303);
      await untilStamp(page, /^Signed out$/, 30_000);
    }),
});
