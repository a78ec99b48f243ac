import assert from "node:assert/strict";
import { browserTest } from "@/tests/pages/_desk.ts";
import { findViolations } from "@/tools/gallery/axe.ts";
import { launchBrowser } from "@/tools/gallery/browser.ts";

const page = (content: string) =>
  `<!doctype html><html lang="en"><head><title>Bills</title></head><body>
    <div class="side"><nav aria-label="Menu"><a href="/">Bills</a></nav></div>
    <main><h1>Bills</h1>${content}</main></body></html>`;

browserTest(
  "axe sees what clashes between the frame and a page also where it leaves the frame out",
  async () => {
    const browser = await launchBrowser();
    const tab = await browser.newPage();
    const rulesOf = async (content: string) => {
      await tab.setContent(page(content));
      const found = await findViolations(tab, "light", { withFrame: false });
      return found.map((violation) => violation.split(" ")[0]);
    };
    try {
      assert.deepEqual(await rulesOf("<p>None</p>"), []);
      assert.deepEqual(await rulesOf('<nav aria-label="Menu"><a href="/x">More</a></nav>'), [
        "landmark-unique",
      ]);
    } finally {
      await browser.close();
    }
  },
);
