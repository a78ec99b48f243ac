import assert from "node:assert/strict";
import { App } from "fresh";
import { buildIslands } from "@/web/build/mod.ts";
import { launchBrowser } from "@/tools/gallery/browser.ts";
import { type AppHandler, loadBuildCache, setBuildCache } from "@/web/fresh/internal.ts";
import { listenOnFreePort } from "@/web/app/_test_app.ts";
import { compress } from "@/web/app/serve/compress.ts";
import { securityHeaders } from "@/web/app/guard/security_headers.ts";
import type { AppState } from "@/web/app/state.ts";
import { loadStaticFiles, staticFiles } from "@/web/app/serve/static_files.ts";

const TESTDATA = new URL("../../fresh/testdata/", import.meta.url);

async function appWithIslands(): Promise<AppHandler> {
  const islandsDir = new URL("islands/", TESTDATA);
  const bundle = await buildIslands({ islandsDir });
  const app = new App<AppState>()
    .use(securityHeaders())
    .use(compress())
    .use(staticFiles(await loadStaticFiles({ dir: islandsDir, bundle })));
  setBuildCache(app, await loadBuildCache({ routesDir: new URL("routes/", TESTDATA), islandsDir, bundle }));
  return app.fsRoutes().handler();
}

Deno.test({
  name: "every island on a page reacts to clicks under the content security policy, each on its own",
  // The browser's pipes outlive its close by a moment.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const stop = new AbortController();
    const server = await listenOnFreePort(await appWithIslands(), stop.signal);
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.goto(`http://127.0.0.1:${server.port}/islands`);
      await page.waitForSelector("html[data-islands=ready]");
      const counts = () => page.$$eval("button", (buttons) => buttons.map((button) => button.textContent));
      assert.deepEqual(await counts(), ["3", "5"]);
      const [first, second] = await page.$$("button");
      await first?.click();
      await second?.click();
      await second?.click();
      await page.waitForFunction("document.querySelectorAll('button')[1].textContent === '7'");
      assert.deepEqual(await counts(), ["4", "7"]);
      assert.equal(await page.$$eval("tbody > tr", (rows) => rows.length), 2);
      assert.deepEqual(complaints.filter((text) => !text.includes("favicon")), []);
    } finally {
      await browser.close();
      stop.abort();
      await server.finished;
    }
  },
});
