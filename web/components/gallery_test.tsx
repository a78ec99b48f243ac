import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { Browser } from "puppeteer-core";
import { findViolations } from "@/tools/gallery/axe.ts";
import { launchBrowser, openView, writePages } from "@/tools/gallery/browser.ts";
import { readAdminStyles } from "@/web/app/serve/styles.ts";
import { galleryPages } from "@/tools/gallery/gallery_pages.tsx";

const PAGES = galleryPages();
Deno.test("gallery markup holds nothing the content security policy refuses", () => {
  for (const [name, html] of Object.entries(PAGES)) {
    assert.doesNotMatch(html, /<[^>]+\sstyle=/, `style attribute on ${name}`);
    assert.doesNotMatch(html, /<[^>]+\son[a-z]+=/, `event handler on ${name}`);
    assert.doesNotMatch(html, /<script/, `script on ${name}`);
  }
});

Deno.test("gallery pages have no id twice", () => {
  for (const [name, html] of Object.entries(PAGES)) {
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
    assert.deepEqual(ids.filter((id, index) => ids.indexOf(id) !== index), [], name);
  }
});

Deno.test("admin.css stays under 13 KB compressed", async () => {
  const bytes = gzipSync(await readAdminStyles()).length;
  assert.ok(bytes < 13 * 1024, `${bytes} bytes`);
});

Deno.test("gallery in a real browser", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "linya-gallery-" });
  const addresses = await writePages(folder, PAGES);
  const browser = await launchBrowser();
  try {
    for (const [name, url] of addresses) {
      await t.step(`${name} never scrolls sideways`, () => assertNoSidewaysScroll(browser, url));
      await t.step(`${name} has no axe violation`, () => assertAccessible(browser, url));
    }
  } finally {
    await browser.close();
    await Deno.remove(folder, { recursive: true });
  }
});

async function assertNoSidewaysScroll(browser: Browser, url: string): Promise<void> {
  const page = await openView(browser, url, { width: 320, scheme: "light" });
  for (const width of [320, 360, 640, 768, 900, 1024, 1280, 1440]) {
    await page.setViewport({ width, height: 900 });
    const found = await page.evaluate(() => ({
      page: document.documentElement.scrollWidth,
      clipped: [...document.querySelectorAll("body *")]
        .filter((element) => element.scrollWidth > element.clientWidth + 1)
        .filter((element) => getComputedStyle(element).overflowX === "visible")
        .filter((element) => getComputedStyle(element).display !== "inline")
        .filter((element) => element.clientWidth > 0 && element.closest(".table-scroll, svg") === null)
        .map((element) =>
          `${element.tagName}.${element.getAttribute("class")}: ${element.textContent?.slice(0, 40)}`
        ),
    }));
    assert.ok(found.page <= width, `${found.page} px wide at ${width} px`);
    assert.deepEqual(found.clipped, [], `text leaves its box at ${width} px`);
  }
  await page.close();
}

async function assertAccessible(browser: Browser, url: string): Promise<void> {
  for (const width of [1280, 360]) {
    const page = await openView(browser, url, { width, scheme: "light" });
    for (const scheme of ["light", "dark"] as const) {
      for (const areOpen of [false, true]) {
        await page.evaluate(openMenus, areOpen);
        const violations = await findViolations(page, scheme);
        assert.deepEqual(violations, [], `${width} px ${scheme}, menus ${areOpen ? "open" : "closed"}`);
      }
    }
    await page.close();
  }
}

/** Runs in the page. Opens each menu and disclosure, or brings each back to how it came. */
function openMenus(areOpen: boolean): void {
  for (const each of document.querySelectorAll("details")) {
    each.dataset["came"] ??= each.open ? "open" : "closed";
    each.open = areOpen || each.dataset["came"] === "open";
  }
}
