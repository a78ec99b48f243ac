import assert from "node:assert/strict";
import axe from "axe-core";
import { parseHTML } from "linkedom";
import type { Browser, Page } from "puppeteer-core";
import { TEST_OWNER, TestStack } from "@/tests/support/stack.ts";
import { launchBrowser } from "@/tools/gallery/browser.ts";
import { fillPages, listIds, listPages } from "./_pages.ts";
import { Visitor } from "./_visitor.ts";

const WIDTHS = [320, 360, 768, 1280];
/** Axe looks at these, light and dark. */
const AXE_WIDTHS = [360, 1280];

Deno.test({
  name: "every page works without scripts, for everybody, at every width, under the policy",
  // The browser's pipes outlive its close by a moment.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn(t) {
    await using provider = await TestStack.start({ demoControls: true, secrets: 10 });
    await fillPages(provider);
    const pages = listPages(await listIds(provider));
    const owner = await Visitor.signIn(provider.stack.url, TEST_OWNER);
    const shown: string[] = [];

    await t.step("without scripts each page answers, with heading, title and skip link", async () => {
      for (const path of pages) {
        const answer = await owner.get(path);
        // Addresses of buttons lead back to their page.
        if (answer.status === 303) {
          assert.match(answer.location, /^\/admin/, path);
          continue;
        }
        assert.equal(answer.status, 200, path);
        assertDocument(answer.html, path);
        shown.push(path);
      }
      assert.ok(shown.length > 25, `only ${shown.length} pages`);
      for (const path of ["/login", "/admin/no-such-page", `/admin/bills/${crypto.randomUUID()}`]) {
        const answer = await new Visitor(provider.stack.url, path === "/login" ? "" : owner.cookie).get(path);
        assert.equal(answer.status, path === "/login" ? 200 : 404, path);
        assertDocument(answer.html, path);
      }
    });

    await t.step("files for download answer as files", async () => {
      const ids = await listIds(provider);
      const files = [
        "/admin/subscribers.csv",
        `/admin/runs/${ids.get("runs")}/rows.csv`,
        `/admin/import/${ids.get("import")}/skipped.csv`,
      ];
      for (const path of files) {
        const { status, headers, html } = await owner.get(path);
        assert.equal(status, 200, path);
        assert.match(headers.get("content-type") ?? "", /^text\/csv/);
        assert.match(headers.get("content-disposition") ?? "", /^attachment/);
        assert.ok(html.length > 20, path);
      }
    });

    const browser = await launchBrowser();
    try {
      await t.step(
        "in a browser: no sideways scroll, no axe violation, no complaint of the policy",
        async () => {
          const found = await look(browser, provider.stack.url, owner.cookie, [
            ...shown,
            "/admin/no-such-page",
          ]);
          const own = await look(browser, provider.stack.url, "", ["/login"]);
          assert.deepEqual([...found, ...own], []);
        },
      );
    } finally {
      await browser.close();
    }
  },
});

/** What a page must have for whoever reads it with anything but eyes and a mouse. */
function assertDocument(html: string, path: string): void {
  const { document } = parseHTML(html);
  assert.equal(document.querySelectorAll("h1").length, 1, `${path}: one h1`);
  assert.ok((document.querySelector("h1")?.textContent ?? "").trim().length > 1, `${path}: h1 has text`);
  assert.ok((document.querySelector("title")?.textContent ?? "").trim().length > 3, `${path}: title`);
  assert.match(document.documentElement.getAttribute("lang") ?? "", /^en/, `${path}: language`);
  // A page without a menu has nothing to skip.
  if (document.querySelector("nav") !== null) {
    const skip = document.querySelector('a[href^="#"]');
    assert.match(skip?.textContent ?? "", /skip/i, `${path}: skip link`);
    const target = skip?.getAttribute("href")?.slice(1) ?? "";
    assert.ok(document.getElementById(target) !== null, `${path}: the skip link's target`);
  }
  assert.doesNotMatch(html, /<[^>]+\sstyle=/, `${path}: style attribute`);
  assert.doesNotMatch(html, /<[^>]+\son[a-z]+=/, `${path}: event handler attribute`);
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  assert.deepEqual(ids.filter((id, i) => ids.indexOf(id) !== i), [], `${path}: ids used twice`);
}

/** Opens each page once and looks at it at every width in both schemes; gives what is wrong. */
async function look(
  browser: Browser,
  base: string,
  cookie: string,
  paths: readonly string[],
): Promise<string[]> {
  const problems: string[] = [];
  const page = await browser.newPage();
  let path = "";
  page.on("console", (message) => {
    if (/Content Security Policy|Refused to/i.test(message.text())) {
      problems.push(`${path}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => problems.push(`${path}: ${error}`));
  for (const pair of cookie.split("; ").filter((pair) => pair !== "")) {
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    await browser.setCookie({ name, value, domain: "127.0.0.1", path: "/" });
  }
  for (path of paths) {
    await page.goto(base + path, { waitUntil: "load" });
    for (const width of WIDTHS) problems.push(...await lookAt(page, path, width));
  }
  await page.close();
  return problems;
}

async function lookAt(page: Page, path: string, width: number): Promise<string[]> {
  const problems: string[] = [];
  await page.setViewport({ width, height: 900 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  if (wide > width) problems.push(`${path}: ${wide} px wide at ${width} px`);
  if (!AXE_WIDTHS.includes(width)) return problems;
  if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(axe.source);
  for (const value of ["light", "dark"]) {
    // Without motion the colours of the other scheme are there at once.
    const still = { name: "prefers-reduced-motion", value: "reduce" };
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value }, still]);
    for (const violation of await page.evaluate(runAxe)) {
      problems.push(`${path} at ${width} px, ${value}: ${violation}`);
    }
  }
  return problems;
}

/** Runs in the page. */
async function runAxe(): Promise<string[]> {
  const runner = (globalThis as unknown as { axe: typeof axe }).axe;
  const result = await runner.run(document, {
    resultTypes: ["violations"],
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  });
  return result.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id} (${violation.impact}): ${node.html.slice(0, 160)}`)
  );
}
