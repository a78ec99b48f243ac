import assert from "node:assert/strict";
import type { Browser, Page } from "puppeteer-core";
import { TEST_OWNER, TestStack } from "@/tests/support/stack.ts";
import { until } from "@/tests/support/until.ts";
import { launchBrowser } from "@/tools/gallery/browser.ts";
import { addAuthenticator } from "@/tests/support/authenticator.ts";
import { hire } from "./_people.ts";
import { setCookies } from "./_looks.ts";
import { Visitor } from "./_visitor.ts";

interface Desk {
  provider: TestStack;
  browser: Browser;
  page: Page;
  owner: Visitor;
  /** Opens a page and waits for its scripts. */
  open(path: string): Promise<void>;
  /** Text of the first element that matches; empty without one. */
  text(selector: string): Promise<string>;
  sees(selector: string, words: RegExp): Promise<void>;
  isShown(selector: string): Promise<boolean>;
}

/** Every island by its file's name: what somebody does, and what that person then sees. */
const CASES: Readonly<Record<string, (desk: Desk) => Promise<void>>> = {
  async Frame({ page, open, sees, isShown }) {
    await open("/admin/plans");
    assert.equal(await isShown("dialog.palette"), false);
    await page.click("#global-search");
    await page.keyboard.type("tonight");
    await sees("dialog.palette[open] [role=option]", /^Tonight/);
  },

  async TableKeys({ page, open, sees, isShown }) {
    await open("/admin/subscribers");
    await page.waitForSelector("thead th.check input");
    assert.equal(await isShown(".bulk-bar"), false, "nothing is ticked");
    await page.click("tbody tr:nth-child(2) td.check input");
    assert.equal(await isShown(".bulk-bar"), true);
    await sees("[data-bulk-count]", /^1 ticked$/);
    await page.click("thead th.check input");
    const rows = (await page.$$("tbody tr")).length;
    assert.ok(rows > 1);
    await sees("[data-bulk-count]", new RegExp(`^${rows} ticked$`));
    // On a phone the whole card is a link, but for its box.
    await page.setViewport({ width: 360, height: 740 });
    // Where the bar at the bottom lies over it, a person scrolls first.
    const box = "tbody tr:nth-child(2) td.check input";
    await page.$eval(box, (input) => input.scrollIntoView({ block: "center", behavior: "instant" }));
    await page.click(box);
    await sees("[data-bulk-count]", new RegExp(`^${rows - 1} ticked$`));
  },

  async LiveUpdates({ provider, page, open, sees }) {
    const [first, second] = provider.lines;
    await provider.pay(first?.name ?? "");
    await open("/admin/payments");
    await sees(".live-stamp", /Live/);
    // Rows do not move under the cursor.
    await page.hover("tbody tr");
    const number = await provider.pay(second?.name ?? "");
    await sees(".live-bar button", /1 new/);
    await page.click(".live-bar button");
    await sees("tbody tr", new RegExp(number));
  },

  async FormPreview({ page, open, text, sees }) {
    await open("/admin/subscribers/new");
    const before = await text("#first-bill");
    await page.select("select[name=plan]", await firstValue(page, "select[name=plan]"));
    await sees("#first-bill", /₱\d/);
    assert.notEqual(await text("#first-bill"), before);
    await page.type("input[name=name]", "Juan Dela Cruz");
    await page.waitForSelector('input[name=ppp][placeholder="juan.delacruz"]');
  },

  async ShownOnce({ provider, browser, page, open, text, sees }) {
    const context = browser.defaultBrowserContext();
    await context.overridePermissions(provider.stack.url, ["clipboard-write", "clipboard-sanitized-write"]);
    await open("/admin/subscribers/new");
    await page.type("input[name=name]", "Maria Santos");
    for (const field of ["plan", "router"]) {
      const select = `select[name=${field}]`;
      await page.select(select, await firstValue(page, select));
    }
    await press(page, "main form .button-primary");
    const password = await text("#ppp-password");
    assert.match(password, /^[2-9a-z]{14}$/);
    const copy = "#ppp-password ~ button, :has(> #ppp-password) ~ button, main button[aria-live]";
    await sees(copy, /^Copy password$/);
    await page.click(copy);
    await sees(copy, /^Copied$/);
    await open("/admin/plans");
    await page.goBack({ waitUntil: "load" });
    assert.ok(!(await page.content()).includes(password), "the way back finds nothing");
  },

  async PrintButton({ provider, page, open, text, sees }) {
    const [row] = await provider.query<{ id: string }>(
      "select id from payments where tenant_id = $1 limit 1",
      [
        provider.tenantId,
      ],
    );
    await open(`/admin/payments/${row?.id}`);
    const button = ".page-actions button[type=button], main .button[type=button]";
    await sees(button, /Print/);
    const label = await text(button);
    await until(async () => await page.evaluate(() => document.activeElement?.textContent) === label);
    // The dialog of the system is what a person sees; a browser without a screen has none.
    await page.evaluate(() => globalThis.print = () => void (document.title = "printed"));
    await page.click(button);
    assert.equal(await page.title(), "printed");
  },

  async Passkey({ provider, browser, page, sees }) {
    // Browsers offer passkeys under a name only; the session of somebody else, whose sign-in changes by it.
    const base = provider.stack.url.replace("127.0.0.1", "localhost");
    const person = await hire(provider, provider.tenantId, "Cashier");
    const [name = "", value = ""] = person.cookie.split("=", 2);
    await browser.setCookie({ name, value, domain: "localhost", path: "/" });
    await addAuthenticator(page);
    await page.goto(`${base}/admin/settings/second-factor/passkey`, { waitUntil: "load" });
    await page.type("input[name=name]", "Counter PC");
    await page.waitForSelector("[data-passkey]");
    await page.click("[data-passkey]");
    await sees("main pre", /^[0-9A-Z-]{19}( [0-9A-Z-]{19}){9}$/);
  },

  async ChangeDue({ provider, page, open, sees }) {
    const [row] = await provider.query<{ id: string }>(
      "select id from subscribers where tenant_id = $1 limit 1",
      [provider.tenantId],
    );
    await open(`/admin/payments/new?subscriber=${row?.id}`);
    await page.$eval("input[name=amount]", (field) => (field as HTMLInputElement).value = "");
    await page.type("input[name=amount]", "999");
    await page.type("input[name=tendered]", "2000");
    await sees(".change-due", /₱1,001\.00/);
  },

  async MailForm({ page, open, sees }) {
    await open("/admin/settings/mail");
    await page.$eval('[name="port"]', (input) => (input as HTMLInputElement).value = "");
    await page.type('[name="port"]', "465");
    await until(() =>
      page.$eval('[name="encryption"]', (select) => (select as HTMLSelectElement).value === "tls")
    );
    await page.type('[name="host"]', "127.0.0.1");
    await page.type('[name="fromAddress"]', "bills@isp.test");
    await page.click('button[name="intent"]');
    await sees("#mail-trial, .form-summary, [role=alert]", /./);
    assert.match(page.url(), /settings\/mail$/, "what is typed stays");
  },

  async StatementsProgress({ page, open }) {
    await open("/admin/bills");
    await page.waitForSelector("thead th.check input");
    await page.evaluate(() => {
      const make = URL.createObjectURL;
      URL.createObjectURL = (file) => {
        document.title = `${(file as Blob).type} of ${(file as Blob).size > 1000}`;
        return make(file);
      };
    });
    await page.click("thead th.check input");
    await page.click('.bulk-bar button[formaction="/admin/bills.pdf"]');
    await until(async () => await page.title() === "application/pdf of true");
    await until(() => page.evaluate(() => document.querySelector("main .progress") === null));
  },

  async TourPointer({ page, open, sees }) {
    await open("/admin");
    await press(page, '.tour form:has([value="start"]) button');
    await page.waitForSelector(".tour-target");
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await sees(".tour button[type=button]", /./);
    await page.click(".tour button[type=button]");
    const isThere = await page.evaluate(() =>
      document.activeElement?.closest(".tour-target") !== null && document.activeElement !== document.body
    );
    assert.ok(isThere, "the cursor is where the step points");
  },

  async TryAgain({ provider, page, sees }) {
    const limit = (count: number) =>
      provider.query(
        `alter role ${new URL(provider.stack.postgres.appUrl).username} connection limit ${count}`,
      );
    await limit(0);
    await provider.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()",
    );
    const answer = await page.goto(`${provider.stack.url}/admin/plans`, { waitUntil: "load" });
    assert.equal(answer?.status(), 503);
    await limit(-1);
    // Nobody touches the page.
    await sees("h1", /^Plans$/);
  },
};

Deno.test({
  name: "every island does something that a person sees, in a real browser",
  // The browser's pipes outlive its close by a moment.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn(t) {
    const names: string[] = [];
    for await (const { name } of Deno.readDir(new URL("../../web/islands/", import.meta.url))) {
      if (name.endsWith(".tsx")) names.push(name.replace(".tsx", ""));
    }
    assert.deepEqual(Object.keys(CASES).sort(), names.sort(), "each island has its case in this file");
    await using provider = await TestStack.start({ demoControls: true, secrets: 10 });
    await provider.nextCutList();
    const owner = await Visitor.signIn(provider.stack.url, TEST_OWNER);
    const browser = await launchBrowser();
    try {
      for (const [name, act] of Object.entries(CASES)) {
        await t.step(name, async () => {
          const errors: string[] = [];
          const page = await browser.newPage();
          page.on("pageerror", (error) => errors.push(String(error)));
          try {
            await act(await deskOf(provider, browser, page, owner));
            assert.deepEqual(errors, []);
          } finally {
            await page.close();
          }
        });
      }
    } finally {
      await browser.close();
    }
  },
});

async function deskOf(provider: TestStack, browser: Browser, page: Page, owner: Visitor): Promise<Desk> {
  await setCookies(browser, owner.cookie);
  await page.setViewport({ width: 1280, height: 900 });
  const text = (selector: string) =>
    page.evaluate((selector) => {
      const [first] = document.querySelectorAll<HTMLElement>(selector);
      return (first?.innerText ?? "").replace(/\s+/g, " ").trim();
    }, selector);
  return {
    provider,
    browser,
    page,
    owner,
    text,
    async open(path) {
      await page.goto(provider.stack.url + path, { waitUntil: "load" });
      await page.waitForSelector("html.has-script");
    },
    sees: (selector, words) =>
      until(async () => words.test(await text(selector)), {
        timeoutMs: 20_000,
        everyMs: 50,
        what: `${selector} says ${words}`,
      }),
    async isShown(selector) {
      return await page.evaluate(
        (selector) => [...document.querySelectorAll(selector)].some((element) => element.checkVisibility()),
        selector,
      );
    },
  };
}

async function firstValue(page: Page, select: string): Promise<string> {
  return await page.$eval(
    select,
    (element) => [...(element as HTMLSelectElement).options].find(({ value }) => value !== "")?.value ?? "",
  );
}

/** Presses a button that leads to another page. */
async function press(page: Page, selector: string): Promise<void> {
  await Promise.all([
    page.waitForNavigation({ waitUntil: "load" }),
    page.$eval(selector, (element) => (element as HTMLElement).click()),
  ]);
  await page.waitForSelector("html.has-script");
}
