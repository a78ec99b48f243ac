import assert from "node:assert/strict";
import { pay } from "@/tests/billing/isp.ts";
import { browserTest, withDesk } from "@/tests/pages/_desk.ts";

browserTest(
  "the change is said while the cash is typed, and only for cash",
  () =>
    withDesk({}, async ({ isp, page, open }) => {
      await open(`/admin/payments/new?subscriber=${isp.subscriberIds[0]}`);
      const said = () => page.$eval(".form [role=status]", (place) => place.textContent);
      await page.click("#f-amount", { count: 3 });
      await page.keyboard.type("999");
      assert.equal(await said(), "");
      await page.type("#f-tendered", "500");
      assert.equal(await said(), "₱499.00 is missing");
      await page.click("#f-tendered", { count: 3 });
      await page.keyboard.type("2000");
      assert.equal(await said(), "Change due: ₱1,001.00");
      await page.type("#f-tendered", "x");
      assert.equal(await said(), "", "what cannot be read has no change");
      await page.keyboard.press("Backspace");
      await page.select("#f-method", "gcash");
      assert.equal(await said(), "");
    }),
);

browserTest(
  "what is doubted is posted by the button beside it, one doubt after the other, without scripts",
  () =>
    withDesk({}, async ({ isp, page, base, complaints }) => {
      await page.setJavaScriptEnabled(false);
      const press = (selector: string) =>
        Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.click(selector)]);
      const words = () => page.$eval("main", (main) => main.textContent ?? "");
      await page.goto(`${base}/admin/payments/new?subscriber=${isp.subscriberIds[0]}`);
      // Somebody else posts in between: the second doubt of the same form.
      await pay(isp, 0, 100);
      await page.$eval("#f-amount", (field) => (field as HTMLInputElement).value = "2000000");
      await press(".form-actions button");
      assert.match(await words(), /Amount looks too large: ₱2,000,000\.00/);
      await press(".form-actions [name=confirm_large]");
      assert.match(await words(), /posted ₱100\.00 for this subscriber less than a minute ago/);
      await press(".form-actions [name=confirm_paid]");
      assert.match(await words(), /The payment is posted.*₱2,000,000\.00/s);
      // The browser's own words for the two doubts; nothing else is wrong.
      assert.deepEqual(complaints.splice(0).map((text) => /status of (\d+)/.exec(text)?.[1]), ["422", "409"]);
    }),
);

browserTest(
  "on paper a receipt is white, without a frame or the page around it, in the dark too",
  () =>
    withDesk({}, async ({ isp, page, open }) => {
      const { paymentId } = await pay(isp, 0, 1000);
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
      await open(`/admin/payments/${paymentId}`);
      assert.equal(await page.$eval(".signatures", (element) => element.checkVisibility()), false);
      await page.emulateMediaType("print");
      const look = await page.evaluate(() => {
        const styleOf = (selector: string) => getComputedStyle(document.querySelector(selector)!);
        return {
          page: styleOf("body").backgroundColor,
          card: styleOf(".receipt").backgroundColor,
          words: styleOf(".receipt").color,
          frame: styleOf(".receipt").borderTopWidth,
          shadow: styleOf(".receipt").boxShadow,
          seen: [".side", ".topbar", ".page-header", ".receipt", ".signatures", ".company-block"]
            .filter((selector) => document.querySelector(selector)?.checkVisibility()),
        };
      });
      assert.deepEqual(look, {
        page: "rgb(255, 255, 255)",
        card: "rgb(255, 255, 255)",
        words: "rgb(0, 0, 0)",
        frame: "0px",
        shadow: "none",
        seen: [".receipt", ".signatures", ".company-block"],
      });
    }),
);
