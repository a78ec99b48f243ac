import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { addAuthenticator } from "@/tests/support/authenticator.ts";
import { until } from "@/tests/support/until.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { launchBrowser } from "@/tools/gallery/browser.ts";
import { listenOnFreePort } from "@/web/app/_test_app.ts";
import { createTestInstallation, PASSWORD } from "./_company.ts";

const FACTORS = "/admin/settings/second-factor";

/** Presses what leads to another page. */
async function press(page: Page, selector: string): Promise<void> {
  await page.waitForSelector(selector);
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.click(selector)]);
}

const place = (page: Page) => new URL(page.url()).pathname;

Deno.test({
  name:
    "in a real browser somebody adds a passkey, signs in with it after the password, and then without one",
  // The browser's pipes outlive its close by a moment.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using installation = await createTestInstallation();
    // The browser lives today, and keeps no cookie that is over.
    const { clock } = installation;
    clock.advance({ milliseconds: Math.max(0, Date.now() - clock.now().epochMilliseconds) });
    const company = await installation.addCompany("Ilaya Net");
    const { email } = await company.member(company.owner.staffUserId);
    const app = await createWebApp(installation.context, { withIslands: true });
    const stop = new AbortController();
    const server = await listenOnFreePort(app.handler, stop.signal);
    const base = `http://localhost:${server.port}`;
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      await page.setViewport({ width: 360, height: 740 });
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (message) => {
        // Nobody sends news here: pages ask again by themselves.
        if (message.type() === "error" && !/status of 503/.test(message.text())) {
          complaints.push(`${page.url()}: ${message.text()}`);
        }
      });
      await addAuthenticator(page);
      const signIn = async () => {
        await page.goto(`${base}/login`, { waitUntil: "load" });
        await page.type("input[name=email]", email);
        await page.type("input[name=password]", PASSWORD);
        await press(page, "form .button-primary");
      };
      const signOut = async () => {
        await page.goto(`${base}/admin/settings/me`, { waitUntil: "load" });
        await Promise.all([
          page.waitForNavigation({ waitUntil: "load" }),
          page.evaluate(() =>
            document.querySelector<HTMLFormElement>('form[action="/admin/sign-out"]')!.submit()
          ),
        ]);
        assert.equal(place(page), "/login");
      };
      await signIn();
      assert.equal(place(page), "/admin", await page.$eval("main", (main) => main.textContent));
      await page.goto(`${base}${FACTORS}/passkey`, { waitUntil: "load" });
      await page.type("input[name=name]", "Counter PC");
      await press(page, "[data-passkey]");
      assert.equal(place(page), `${FACTORS}/codes`);
      // A second one of the same device is not taken.
      await page.goto(`${base}${FACTORS}/passkey`, { waitUntil: "load" });
      await page.type("input[name=name]", "Again");
      await page.waitForSelector("[data-passkey]");
      await page.click("[data-passkey]");
      await until(async () =>
        /added already/.test(await page.$eval("main", (main) => main.textContent ?? ""))
      );

      await signOut();
      await signIn();
      assert.equal(place(page), "/login/second");
      await press(page, "[data-passkey]");
      assert.equal(place(page), "/admin");

      await signOut();
      await press(page, 'a[href^="/login/passkey"]');
      await press(page, "[data-passkey]");
      assert.equal(place(page), "/admin");
      assert.equal((await page.goto(`${base}/admin/plans`))?.status(), 200);
      const { passkeys } = await company.run(async (trx) => ({
        passkeys: await trx.selectFrom("staff_passkeys").select(["name", "rp_id", "last_used_at"]).execute(),
      }));
      assert.deepEqual(passkeys.map(({ name, rp_id }) => [name, rp_id]), [["Counter PC", "localhost"]]);
      assert.deepEqual(complaints, []);
    } finally {
      await browser.close();
      stop.abort();
      await server.finished;
    }
  },
});
