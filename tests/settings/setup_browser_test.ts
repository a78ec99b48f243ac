import assert from "node:assert/strict";
import axe from "axe-core";
import type { Browser, Page } from "puppeteer-core";
import { ManualClock } from "@/shared/clock.ts";
import { silentLogger } from "@/shared/log.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp, type WebApp } from "@/tests/support/web_app.ts";
import { launchBrowser } from "@/tools/gallery/browser.ts";
import { listenOnFreePort } from "@/web/app/_test_app.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { issueSetupCode, setUpOwner } from "@/web/services/access/set_up_owner.ts";

interface Scene {
  browser: Browser;
  base: string;
  /** A new ISP with nothing but its owner; the value of the owner's session cookie. */
  newOwner(): Promise<string>;
}

async function withScene(work: (scene: Scene) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const browser = await launchBrowser();
  try {
    await using database = await createTestDatabase();
    const clock = new ManualClock("2026-11-23T01:00:00Z");
    const context: ServiceContext = {
      db: database.db,
      clock,
      log: silentLogger,
      notifyRouters: () => {},
      notifyCommands: () => {},
    };
    const app = await createWebApp(context, { withIslands: true });
    const server = await listenOnFreePort(app.handler, stop.signal);
    try {
      await work({
        browser,
        base: `http://127.0.0.1:${server.port}`,
        newOwner: () => makeOwner(context, app),
      });
    } finally {
      await browser.close();
      stop.abort();
      await server.finished;
    }
  } finally {
    if (browser.connected) await browser.close();
  }
}

async function makeOwner(context: ServiceContext, app: WebApp): Promise<string> {
  const code = await issueSetupCode(context);
  const { tenantId } = assertOk(
    await setUpOwner(context, {
      code,
      companyName: "Ilaya Net",
      name: "Ana",
      email: "ana@linya.test",
      password: "kape sa umaga",
      timeZone: "Asia/Manila",
    }),
  );
  return (await app.signIn(tenantId, "Owner")).cookie.split("=")[1] ?? "";
}

async function open(scene: Scene, cookie: string, look: { width: number; scripts: boolean }): Promise<Page> {
  const page = await scene.browser.newPage();
  // A machine that is busy with other tests is slow, not broken.
  page.setDefaultTimeout(120_000);
  await page.setViewport({ width: look.width, height: 800 });
  await page.setJavaScriptEnabled(look.scripts);
  await scene.browser.setCookie({ name: "linya", value: cookie, domain: "127.0.0.1", path: "/" });
  return page;
}

async function press(page: Page, selector: string): Promise<void> {
  await Promise.all([
    page.waitForNavigation(),
    page.$eval(selector, (element) => (element as HTMLElement).click()),
  ]);
}

async function says(page: Page, pattern: RegExp): Promise<void> {
  const text = await page.$eval("body", (body) => body.textContent ?? "");
  assert.match(text.replace(/\s+/g, " "), pattern, page.url());
}

function pathOf(page: Page): string {
  return new URL(page.url()).pathname;
}

async function playWizard(
  scene: Scene,
  cookie: string,
  look: { width: number; scripts: boolean },
): Promise<void> {
  const page = await open(scene, cookie, look);
  await page.goto(`${scene.base}/admin/setup`);
  assert.equal(pathOf(page), "/admin/setup/company");
  await page.type('[name="phone"]', "0917 123 4567");
  await press(page, 'form[action="/admin/setup/company"] button');
  assert.equal(pathOf(page), "/admin/setup/billing");
  await page.$eval('[name="preset"][value="advance"]', (radio) => (radio as HTMLElement).click());
  await press(page, 'form[action="/admin/setup/billing/review"] button');
  await says(page, /billed in advance, 7 days before it begins/);

  // Left half-way: nothing of the step is saved, and Today knows where to go on.
  await press(page, 'main a[href="/admin"]');
  await says(page, /1 of 8 done/);
  await press(page, 'main a[href="/admin/setup"]');
  assert.equal(pathOf(page), "/admin/setup/billing");

  await page.$eval('[name="preset"][value="monthly"]', (radio) => (radio as HTMLElement).click());
  await press(page, 'form[action="/admin/setup/billing/review"] button');
  await press(page, 'form[action="/admin/settings/billing"] button');
  assert.equal(pathOf(page), "/admin/setup/router");
  await page.type('form[action="/admin/sites"] [name="name"]', "Purok 3");
  await press(page, 'form[action="/admin/sites"] button');
  assert.match(pathOf(page), /^\/admin\/sites\/./);
  await says(page, /Setting up: First router/);
  await press(page, 'main a[href="/admin/setup"]');
  assert.equal(pathOf(page), "/admin/setup/router");
  await says(page, /Get the command for Purok 3/);
  await press(page, 'form[action="/admin/setup/skip"] button');
  assert.equal(pathOf(page), "/admin/setup/import");
  await says(page, /no router to read yet/);
  await press(page, 'form[action="/admin/setup/skip"] button');
  assert.equal(pathOf(page), "/admin");
  await says(page, /3 of 8 done/);
  await press(page, 'form[action="/admin/setup/dismiss"] button');
  assert.doesNotMatch(await page.content(), /3 of 8 done/);
  await page.close();
}

Deno.test({
  name: "the set-up is left half-way and goes on there, with scripts on a desk and without them on a phone",
  // The browser's pipes outlive its close by a moment.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    for (const look of [{ width: 1280, scripts: true }, { width: 360, scripts: false }]) {
      await withScene(async (scene) => await playWizard(scene, await scene.newOwner(), look));
    }
  },
});

Deno.test({
  name:
    "settings and set-up have no axe violation and no sideways scroll, light and dark, at 360 and 1280 px",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await withScene(async (scene) => {
      const page = await open(scene, await scene.newOwner(), { width: 1280, scripts: true });
      const problems: string[] = [];
      for (const path of PAGES) {
        await page.goto(scene.base + path);
        for (const width of [320, 360, 1280]) {
          await page.setViewport({ width, height: 900 });
          const wide = await page.evaluate(() => document.documentElement.scrollWidth);
          if (wide > width) problems.push(`${path}: ${wide} px wide at ${width}`);
          for (const value of ["light", "dark"]) {
            const still = { name: "prefers-reduced-motion", value: "reduce" };
            await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value }, still]);
            await page.evaluate(axe.source);
            problems.push(
              ...(await page.evaluate(violations)).map((text) => `${path} ${width} ${value}: ${text}`),
            );
          }
        }
      }
      assert.deepEqual(problems, []);
    });
  },
});

const PAGES = [
  "/admin/settings/company",
  "/admin/settings/region?timeZone=Asia/Tokyo",
  "/admin/settings/region",
  "/admin/settings/billing?preset=monthly",
  "/admin/settings/billing/review?revision=0",
  "/admin/settings/me",
  "/admin/setup/company",
  "/admin/setup/billing",
  "/admin/setup/billing/review?preset=advance&revision=0",
  "/admin/setup/router",
  "/admin/setup/import",
];

/** Runs in the page. */
async function violations(): Promise<string[]> {
  const runner = (globalThis as unknown as { axe: typeof axe }).axe;
  const result = await runner.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  });
  return result.violations.map(({ id, nodes }) =>
    `${id} ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`
  );
}
