import assert from "node:assert/strict";
import type { Browser } from "puppeteer-core";
import { browserTest } from "@/tests/pages/_desk.ts";
import { playedIsp } from "@/tests/support/played.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { findViolations } from "@/tools/gallery/axe.ts";
import { launchBrowser } from "@/tools/gallery/browser.ts";
import { listenOnFreePort } from "@/web/app/_test_app.ts";
import { MAIL_LANGUAGES, OCCASIONS } from "@/web/domain/mail/types.ts";
import { renderMail, sampleFacts, shippedTexts } from "@/web/gateways/mail/render/mod.ts";
import { billsOf, pathOf, testLinks } from "./_world.ts";

const UNBROKEN = "W".repeat(60);

/** What is wrong with how a page looks on a small phone, light and dark. */
async function lookAt(browser: Browser, open: { url: string } | { html: string }): Promise<string[]> {
  const page = await browser.newPage();
  try {
    await page.setViewport({ width: 320, height: 640 });
    if ("url" in open) await page.goto(open.url, { waitUntil: "load" });
    else await page.setContent(open.html, { waitUntil: "load" });
    const over = Number(await page.evaluate("document.documentElement.scrollWidth - innerWidth"));
    const wide = over > 0 ? [`${over} px wider than the phone`] : [];
    await page.setBypassCSP(true);
    if ("url" in open) await page.reload();
    return [...wide, ...await findViolations(page, "light"), ...await findViolations(page, "dark")];
  } finally {
    await page.close();
  }
}

browserTest(
  "the pages without sign-in fit a phone of 320 pixels and are readable, light and dark, with names without an end",
  async () => {
    await using past = await playedIsp({ subscribers: 12 }, "2026-02-10T10:00");
    const { isp } = past;
    const links = testLinks();
    Object.assign(isp.context, { links });
    await isp.run((trx) =>
      trx.updateTable("tenants").set({
        name: UNBROKEN,
        address: UNBROKEN,
        email: `${UNBROKEN}@isp.example`,
        ways_to_pay: UNBROKEN.repeat(4),
        brand_colour: "#ffe000",
      }).where("id", "=", isp.tenantId).execute()
    );
    const [bill] = await billsOf(isp, 0);
    const paths = [
      pathOf(await links.billAddress({ id: bill!, link_generation: 0 })),
      `${pathOf(await links.mailAddress(isp.tenantId, isp.subscriberIds[0]!))}?done=saved`,
      "/b/nowhere",
      "/m/nowhere",
    ];
    const app = await createWebApp(isp.context);
    const stop = new AbortController();
    const server = await listenOnFreePort(app.handler, stop.signal);
    const browser = await launchBrowser();
    try {
      for (const path of paths) {
        assert.deepEqual(await lookAt(browser, { url: `http://127.0.0.1:${server.port}${path}` }), [], path);
      }
    } finally {
      await browser.close();
      stop.abort();
      await server.finished;
    }
  },
);

browserTest(
  "every mail fits a phone of 320 pixels and is readable, light, dark and without its pictures",
  async () => {
    const today = Temporal.PlainDate.from("2027-01-05");
    const browser = await launchBrowser();
    try {
      for (const [at, occasion] of OCCASIONS.entries()) {
        const language = MAIL_LANGUAGES[at % 2]!;
        const facts = { ...sampleFacts(occasion, today), name: UNBROKEN };
        const brand = {
          company: UNBROKEN,
          colour: "#0e6b5a",
          // Its address leads nowhere here: what a client shows that loads no pictures.
          logo: { type: "png" as const, bytes: new Uint8Array() },
          phone: "0917",
          email: `${UNBROKEN}@isp.example`,
          address: UNBROKEN,
          waysToPay: UNBROKEN.repeat(4),
        };
        const { html } = renderMail(facts, brand, { language, texts: shippedTexts(occasion, language) });
        const found = await lookAt(browser, { html });
        // A mail has no landmarks or headings: it is a letter, not a page.
        const rules = /^(?:region|landmark-one-main|page-has-heading-one)\b/;
        assert.deepEqual(found.filter((violation) => !rules.test(violation)), [], occasion);
      }
    } finally {
      await browser.close();
    }
  },
);
