import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { Page } from "puppeteer-core";
import { createIsp, liveUntil } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { launchBrowser } from "@/tools/gallery/browser.ts";
import { listenOnFreePort } from "@/web/app/_test_app.ts";

/** Most JavaScript that any page of the admin may load, compressed. */
const BUDGET_BYTES = 45 * 1024;

const PAGES = ["bills", "find", "help", "payments", "preferences", "subscribers", "tonight", "undo"]
  .map((name) => `/admin/${name}`);

interface Desk {
  page: Page;
  base: string;
  subscriber: string;
  connection: string;
  /** What the browser complained about: errors, and what the content security policy refused. */
  complaints: string[];
  open(path: string): Promise<void>;
}

async function withDesk(width: number, work: (desk: Desk) => Promise<void>): Promise<void> {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 12 });
  await liveUntil(isp, "2026-02-10T10:00");
  const app = await createWebApp(isp.context, { withIslands: true, only: PAGES });
  const owner = await app.signIn(isp.tenantId, "Owner");
  const stop = new AbortController();
  const server = await listenOnFreePort(app.handler, stop.signal);
  const base = `http://127.0.0.1:${server.port}`;
  const browser = await launchBrowser();
  try {
    const [name = "", value = ""] = owner.cookie.split("=", 2);
    await browser.setCookie({ name, value, domain: "127.0.0.1", path: "/" });
    const page = await browser.newPage();
    await page.setViewport({ width, height: 800 });
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" && !/favicon|status of (404|503)/.test(message.text())) {
        complaints.push(message.text());
      }
    });
    const open = async (path: string) => {
      await page.goto(base + path, { waitUntil: "load" });
      await page.waitForSelector("html.has-script");
    };
    const [subscriber = ""] = isp.subscriberIds.slice(2);
    const [connection = ""] = isp.subscriptionIds.slice(2);
    await work({ page, base, subscriber, connection, complaints, open });
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
    stop.abort();
    await server.finished;
  }
}

const browserTest = (name: string, fn: () => Promise<void>) =>
  // The browser's pipes outlive its close by a moment.
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });

const pathOf = (page: Page) => new URL(page.url()).pathname + new URL(page.url()).search;

browserTest(
  "the palette opens by key and by click, is moved through by keys, and Enter opens what is found",
  () =>
    withDesk(1280, async ({ page, subscriber, open }) => {
      await open("/admin/bills");
      await page.keyboard.down("Control");
      await page.keyboard.press("k");
      await page.keyboard.up("Control");
      await page.waitForSelector("dialog.palette[open] [role=option]");
      await page.keyboard.type("subscriber 0000");
      await page.waitForFunction(
        "document.querySelector('.palette .find-hit .note')?.textContent.includes('A-0000')",
      );
      const active = () =>
        page.$eval(".palette input", (input) => input.getAttribute("aria-activedescendant"));
      assert.equal(await active(), "palette-0");
      await page.keyboard.press("ArrowDown");
      assert.equal(await active(), "palette-1");
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowUp");
      assert.notEqual(await active(), "palette-0");
      await page.keyboard.press("Escape");
      assert.equal(await page.$("dialog.palette[open]"), null);

      await page.keyboard.press("/");
      await page.waitForSelector("dialog.palette[open]");
      // Faster than the answer: Enter waits for it.
      await page.keyboard.type("user3");
      await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
      assert.equal(pathOf(page), `/admin/subscribers/${subscriber}`);
      // A page is remembered once its scripts run.
      await page.waitForSelector("html.has-script");

      await open("/admin/bills");
      await page.click("#global-search");
      await page.waitForSelector("dialog.palette[open] [role=option]");
      assert.match(await page.$eval(".palette-hits", (hits) => hits.textContent), /^RecentSubscriber 00003/);
      await page.keyboard.type("user3");
      await page.waitForFunction(
        "document.querySelector('.palette .find-hit .note')?.textContent.includes('user3')",
      );
      await page.keyboard.down("Control");
      await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
      await page.keyboard.up("Control");
      assert.equal(pathOf(page), `/admin/payments/new?subscriber=${subscriber}`);
    }),
);

browserTest(
  "letters lead to pages, help opens over the page, and nothing happens while somebody types",
  () =>
    withDesk(1280, async ({ page, subscriber, open }) => {
      await open("/admin/bills");
      await page.keyboard.press("g");
      await Promise.all([page.waitForNavigation(), page.keyboard.press("s")]);
      assert.equal(pathOf(page), "/admin/subscribers");
      await page.waitForSelector("html.has-script");
      await page.keyboard.press("?");
      await page.waitForSelector("dialog.dialog[open] .keys");
      await page.keyboard.press("Escape");
      await page.waitForFunction("document.querySelector('dialog.dialog') === null");
      assert.equal(pathOf(page), "/admin/subscribers");

      await open(`/admin/subscribers/${subscriber}`);
      await Promise.all([page.waitForNavigation(), page.keyboard.press("h")]);
      assert.match(pathOf(page), /\/hold\?connection=/);
      await page.waitForSelector("html.has-script");
      await page.focus("input[name=reason]");
      await page.keyboard.type("gspeh/?");
      assert.match(pathOf(page), /\/hold\?connection=/);
      assert.equal(await page.$("dialog[open]"), null);

      await open("/admin/help/shortcuts");
      await Promise.all([page.waitForNavigation(), page.click("button[name=shortcuts]")]);
      await open("/admin/bills");
      await page.keyboard.press("g");
      await page.keyboard.press("s");
      await page.keyboard.down("Control");
      await page.keyboard.press("k");
      await page.keyboard.up("Control");
      await page.waitForSelector("dialog.palette[open]");
      assert.equal(pathOf(page), "/admin/bills");
    }),
);

browserTest(
  "a toast offers the way back in its place above the page, for ten seconds and for this page only",
  () =>
    withDesk(1280, async ({ page, subscriber, connection, open }) => {
      const hold = async () => {
        await open(`/admin/subscribers/${subscriber}/hold?connection=${connection}`);
        await page.type("input[name=reason]", "Pays on Friday");
        await Promise.all([page.waitForNavigation(), page.click(".form-actions .button-primary")]);
        await page.waitForSelector(".toast[role=status] form button");
      };
      await hold();
      assert.match(
        await page.$eval(".toast", (toast) => toast.textContent.trim()),
        /^Subscriber 00003: The connection is held\./,
      );
      assert.equal(pathOf(page), `/admin/subscribers/${subscriber}`);
      const hides = await page.$eval(".toast", (toast) => {
        const own = toast.getBoundingClientRect();
        return [...document.querySelectorAll("main h1, main .card, main tr")].filter((other) => {
          const box = other.getBoundingClientRect();
          return box.top < own.bottom && box.bottom > own.top && box.left < own.right && box.right > own.left;
        }).length;
      });
      assert.equal(hides, 0, "it stands over what it speaks of");
      await Promise.all([page.waitForNavigation(), page.click(".toast button[type=submit]")]);
      assert.equal(
        await page.$eval("main .banner", (banner) => banner.textContent.trim()),
        "Subscriber 00003: Undone. It is as it was before.",
      );
      assert.match(await page.$eval("main", (main) => main.textContent), /Ended the hold until 13 Feb/);

      await hold();
      await open("/admin/bills");
      assert.equal(await page.$(".toast"), null, "it does not go along");
    }),
);

browserTest(
  "after ten seconds a toast is gone and nothing has moved; what has to be read stays",
  () =>
    withDesk(1280, async ({ page, subscriber, connection, open }) => {
      await open(`/admin/subscribers/${subscriber}/hold?connection=${connection}`);
      await page.type("input[name=reason]", "Pays on Friday");
      await Promise.all([page.waitForNavigation(), page.click(".form-actions .button-primary")]);
      await page.waitForSelector(".toast form button");
      await page.mouse.move(1, 1);
      const topOf = () => page.$eval("main .columns", (element) => element.getBoundingClientRect().top);
      const before = await topOf();
      await page.waitForFunction(
        "!document.querySelector('.toast').checkVisibility({ visibilityProperty: true })",
        { timeout: 12_000 },
      );
      assert.equal(await topOf(), before);
    }),
);

browserTest(
  "a page of one question opens as a dialog, which leaves the safe way out in focus",
  () =>
    withDesk(1280, async ({ page, subscriber, connection, open }) => {
      await open(`/admin/subscribers/${subscriber}`);
      const link = `main a[href^='/admin/subscribers/${subscriber}/disconnect']`;
      await page.$eval(link, (element) => element.closest("details")?.setAttribute("open", ""));
      await page.click(link);
      await page.waitForSelector("dialog.dialog[open] form.confirm");
      assert.equal(pathOf(page), `/admin/subscribers/${subscriber}`);
      assert.equal(
        await page.$eval("dialog.dialog", (dialog) => dialog.getAttribute("aria-labelledby")),
        "dialog-title",
      );
      await page.click("dialog.dialog .form-actions a");
      await page.waitForFunction("document.querySelector('dialog.dialog') === null");
      await page.$eval(link, (element) => element.closest("details")?.setAttribute("open", ""));
      await page.click(link);
      await page.waitForSelector("dialog.dialog[open] form.confirm");
      await page.type("dialog.dialog [name=note]", "Moved away");
      await page.$eval("dialog.dialog input[name=kind]", (radio) => (radio as HTMLInputElement).click());
      await Promise.all([
        page.waitForNavigation(),
        page.click("dialog .button-danger, dialog .button-primary"),
      ]);
      await page.waitForSelector(".toast");
      assert.ok(connection);
    }),
);

browserTest(
  "what was typed into a long form is put back, and can be thrown away",
  () =>
    withDesk(1280, async ({ page, subscriber, open }) => {
      const path = `/admin/subscribers/${subscriber}/edit`;
      await open(path);
      await page.type("textarea[name=notes]", "Two dogs");
      await open("/admin/bills");
      await open(path);
      assert.match(
        await page.$eval(".draft-note", (note) => note.textContent),
        /^Draft from \d\d:\d\d · Discard$/,
      );
      const notes = () => page.$eval("textarea[name=notes]", (area) => (area as HTMLTextAreaElement).value);
      assert.equal(await notes(), "Two dogs");
      await page.click(".draft-note button");
      assert.equal(await notes(), "");
      await open(path);
      assert.equal(await page.$(".draft-note"), null);
      await page.type("textarea[name=notes]", "Gate is green");
      await Promise.all([page.waitForNavigation(), page.click(".form-actions .button-primary")]);
      await open(path);
      assert.equal(await page.$(".draft-note"), null, "what is saved is no draft");
      assert.equal(await notes(), "Gate is green");
    }),
);

browserTest(
  "on a phone a magnifying glass opens the search, and no page scrolls sideways for it",
  () =>
    withDesk(360, async ({ page, open }) => {
      await open("/admin/bills");
      await page.click(".search-link");
      await page.waitForSelector("dialog.palette[open] [role=option]");
      const fits = await page.evaluate("document.documentElement.scrollWidth <= innerWidth");
      assert.equal(fits, true);
      await page.keyboard.type("tonight");
      await page.waitForFunction("document.querySelector('.palette .find-hit')?.textContent === 'Tonight'");
      await Promise.all([page.waitForNavigation(), page.tap(".palette .find-hit")]);
      assert.equal(pathOf(page), "/admin/tonight");
    }),
);

browserTest(
  "no page of the admin loads more JavaScript than its budget",
  () =>
    withDesk(1280, async ({ page, base, subscriber, open }) => {
      const loaded = new Map<string, number>();
      page.on("response", async (response) => {
        if (!response.url().endsWith(".js")) return;
        const body = await (await fetch(response.url())).text();
        loaded.set(response.url(), gzipSync(body).length);
      });
      const heaviest = { path: "", bytes: 0 };
      for (
        const path of ["/tonight", "/subscribers", `/subscribers/${subscriber}`, "/payments/new", "/find"]
      ) {
        loaded.clear();
        await open(`/admin${path}`);
        await page.waitForNetworkIdle({ idleTime: 300, concurrency: 1 });
        const bytes = [...loaded.values()].reduce((sum, size) => sum + size, 0);
        if (bytes > heaviest.bytes) Object.assign(heaviest, { path: `/admin${path}`, bytes });
      }
      console.log(`most JavaScript: ${heaviest.path} with ${(heaviest.bytes / 1024).toFixed(1)} KB gz`);
      assert.ok(heaviest.bytes > 1000, base);
      assert.ok(heaviest.bytes <= BUDGET_BYTES, JSON.stringify(heaviest));
    }),
);
