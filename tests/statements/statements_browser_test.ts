import assert from "node:assert/strict";
import { browserTest, withDesk } from "@/tests/pages/_desk.ts";
import { until } from "@/tests/support/until.ts";

browserTest(
  "statements of many bills say how many are done while they come, and what is wrong when they do not",
  () =>
    withDesk({ subscribers: 120 }, async ({ page, open, complaints }) => {
      await open("/admin/bills");
      await page.evaluate(() => {
        const seen: string[] = [];
        Object.assign(globalThis, { seen });
        new MutationObserver(() => seen.push(document.querySelector("main .progress")?.textContent ?? ""))
          .observe(
            document.querySelector("main")!,
            { subtree: true, childList: true, characterData: true },
          );
        const make = URL.createObjectURL;
        URL.createObjectURL = (file) => {
          document.title = (file as Blob).type;
          return make(file);
        };
      });
      await page.click('.bulk-bar input[name="all"]').catch(() => page.click("thead th.check input"));
      await page.$eval('.bulk-bar input[name="all"]', (box) => (box as HTMLInputElement).checked = true);
      await page.click('.bulk-bar button[formaction="/admin/bills.pdf"]');
      await until(async () => await page.title() === "application/pdf");
      const seen = await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen.join("|"));
      assert.match(seen, /Making the statements…\d+ of 120 statements/);
      await page.setOfflineMode(true);
      await page.click('.bulk-bar button[formaction="/admin/bills.pdf"]');
      await page.waitForSelector('main [role="alert"]');
      await page.setOfflineMode(false);
      complaints.splice(0);
    }),
);
