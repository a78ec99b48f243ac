// Its source goes to every page: the short form has 650 KB, the other one 1.5 MB.
// @ts-types="axe-core"
import axe from "axe-core/axe.min.js";
import type { Page } from "puppeteer-core";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** Rules that see colours; the others find the same in the dark. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

/** About a document as a whole: content may clash with the frame. They take 20 to 60 ms; ids are asked of its markup. */
const PAGE_RULES = [
  "accesskeys",
  "bypass",
  "heading-order",
  "landmark-banner-is-top-level",
  "landmark-complementary-is-top-level",
  "landmark-contentinfo-is-top-level",
  "landmark-main-is-top-level",
  "landmark-no-duplicate-banner",
  "landmark-no-duplicate-contentinfo",
  "landmark-no-duplicate-main",
  "landmark-one-main",
  "landmark-unique",
  "page-has-heading-one",
  "region",
  "skip-link",
];

/** The menu and the bars around every page of the admin: most of what a page holds, and the same on each. */
const FRAME = [".side", ".topbar", ".demo-bar", ".bottom-bar"];

/** Gives axe to every page that a tab will open: sent once, and compiled from what the browser remembers. */
export async function bringAxe(tab: Page): Promise<void> {
  await tab.evaluateOnNewDocument(axe.source);
}

/**
 * Violations of an open page: of every rule when it is light, of those that see colours when it is dark. The frame is left
 * out where another page has shown it: two thirds of the time would go to it. What is about the document is asked of all.
 */
export async function findViolations(
  page: Page,
  scheme: "light" | "dark",
  { withFrame = true } = {},
): Promise<string[]> {
  if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(axe.source);
  // Without motion the colours of the other scheme are there at once.
  await page.emulateMediaFeatures([
    { name: "prefers-color-scheme", value: scheme },
    { name: "prefers-reduced-motion", value: "reduce" },
  ]);
  const rules = scheme === "light"
    ? { type: "tag" as const, values: RULES }
    : { type: "rule" as const, values: COLOUR_RULES };
  if (withFrame) return await page.evaluate(runAxe, rules, []);
  const found = await page.evaluate(runAxe, rules, FRAME);
  if (scheme === "dark") return found;
  const ofDocument = await page.evaluate(runAxe, { type: "rule" as const, values: PAGE_RULES }, []);
  return [...new Set([...found, ...ofDocument])];
}

/** Runs in the page. */
async function runAxe(runOnly: axe.RunOnly, exclude: readonly string[]): Promise<string[]> {
  const runner = (globalThis as unknown as { axe: typeof axe }).axe;
  // Only the element itself is printed; there are no frames and no foreign style sheets to wait for.
  const lean = { selectors: false, iframes: false, preload: false } as const;
  const context = { exclude: exclude.map((part) => [part]) };
  const result = await runner.run(context, { resultTypes: ["violations"], runOnly, ...lean });
  return result.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id} (${violation.impact}): ${node.html.slice(0, 160)}`)
  );
}
