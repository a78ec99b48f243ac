import type { Page } from "puppeteer-core";
import { createWebApp } from "@/tests/support/web_app.ts";
import { launchBrowser } from "@/tools/gallery/browser.ts";
import { listenOnFreePort } from "@/web/app/_test_app.ts";
import { createTestInstallation, type Installation, PASSWORD } from "./_company.ts";

/** A real browser in which the owner of Ilaya Net, Ana Cruz, is signed in. */
export interface OwnerBrowser {
  installation: Installation;
  page: Page;
  base: string;
  /** Does what leads to another page, and waits for it. */
  go(action: () => Promise<unknown>): Promise<void>;
}

/** Opens one, works with it and puts everything away. */
export async function withOwnerBrowser(work: (scene: OwnerBrowser) => Promise<void>): Promise<void> {
  await using installation = await createTestInstallation();
  // The browser's own clock says whether a cookie is over.
  installation.clock.set(Temporal.Now.instant());
  const company = await installation.addCompany("Ilaya Net");
  const { email } = await company.member(company.owner.staffUserId);
  const app = await createWebApp(installation.context, { withIslands: true });
  const stop = new AbortController();
  const server = await listenOnFreePort(app.handler, stop.signal);
  const base = `http://127.0.0.1:${server.port}`;
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(120_000);
    const go = async (action: () => Promise<unknown>) => {
      await Promise.all([page.waitForNavigation(), action()]);
    };
    await page.goto(`${base}/login`);
    await page.type('[name="email"]', email);
    await page.type('[name="password"]', PASSWORD);
    await go(() => page.keyboard.press("Enter"));
    await work({ installation, page, base, go });
  } finally {
    await browser.close();
    stop.abort();
    await server.finished;
  }
}
