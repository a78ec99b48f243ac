import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import axe from "axe-core";
import type { Browser } from "puppeteer-core";
import { launchBrowser, openView, type View, writePages } from "@/tools/gallery/browser.ts";
import { readAdminStyles } from "@/web/app/serve/styles.ts";
import { galleryPages } from "@/tools/gallery/gallery_pages.tsx";

const PAGES = galleryPages();
const VIEWS: View[] = [1280, 360].flatMap((width) => [
  { width, scheme: "light" as const },
  { width, scheme: "dark" as const },
]);

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
  for (const view of VIEWS) {
    const page = await openView(browser, url, view);
    await page.evaluate(axe.source);
    for (const openMenus of [false, true]) {
      const violations = await page.evaluate(runAxe, openMenus);
      assert.deepEqual(
        violations,
        [],
        `${view.width} px ${view.scheme}, menus ${openMenus ? "open" : "closed"}`,
      );
    }
    await page.close();
  }
}

/** Runs in the page. Of the menus only one is open at a time; disclosures all open. */
async function runAxe(openMenus: boolean): Promise<string[]> {
  if (openMenus) { for (const element of document.querySelectorAll("details")) element.open = true; }
  const runner = (globalThis as unknown as { axe: typeof axe }).axe;
  const result = await runner.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  });
  return result.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`)
  );
}
