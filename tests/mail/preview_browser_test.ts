import assert from "node:assert/strict";
import { findViolations } from "@/tools/gallery/axe.ts";
import { browserTest, withDesk } from "@/tests/pages/_desk.ts";

browserTest(
  "what is typed is shown in the frame beside it, more than once, and the form can still be saved",
  async () => {
    await withDesk({}, async ({ page, open, complaints }) => {
      const path = "/admin/settings/mail/texts/bill_issued/en";
      await open(path);
      const frame = await (await page.waitForSelector("iframe[name=preview]"))?.contentFrame();
      assert.ok(frame);
      for (const scheme of ["light", "dark"] as const) {
        assert.deepEqual(await findViolations(page, scheme), []);
      }
      // A sandboxed frame draws nothing while it is out of sight: asked by a timer, not with each picture.
      const shows = (what: string) => frame.waitForFunction(what, { polling: 50 });
      await shows("document.body?.innerText.includes('Subscriber 000')");
      await page.$eval(
        "textarea[name=body]",
        (area) => (area as unknown as { value: string }).value = "Kumusta {name}",
      );
      for (const look of ["dark", "light", "text"]) {
        // Other tests have the mouse of this browser, and its window, at the same time.
        await page.$eval(
          `button[value=${look}]`,
          (button) => (button as unknown as { click(): void }).click(),
        );
        const css = look === "text"
          ? "white-space"
          : look === "dark"
          ? "color-scheme:dark"
          : "color-scheme:light";
        await shows(
          `document.body?.innerText.includes('Kumusta Subscriber 000') && document.documentElement.outerHTML.includes('${css}')`,
        );
      }
      // The frame runs nothing, and the browser says so each time that this test looks into it.
      const isOfTest = (text: string) =>
        text.startsWith("Blocked script execution") && text.includes("sandboxed");
      complaints.splice(0, complaints.length, ...complaints.filter((text) => !isOfTest(text)));
      await Promise.all([
        page.waitForNavigation(),
        page.$eval("form.form .button-primary", (button) => (button as unknown as { click(): void }).click()),
      ]);
      assert.equal(new URL(page.url()).search, "?done=saved");
    });
  },
);
