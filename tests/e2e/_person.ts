import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { until } from "@/tests/support/until.ts";

const DESK = { width: 1280, height: 900 };
/** A page in the background has its timers once a second. */
const SEEN_WITHIN_MS = 5_000;
/** A small phone, upright. */
export const PHONE = { width: 360, height: 740 };

/** Somebody at a real browser. Looks at every page that is opened also as a phone would show it. */
export class Person {
  /** Errors of scripts and refusals of the policy. */
  readonly complaints: string[] = [];
  #isReady: Promise<unknown>;

  constructor(readonly page: Page, readonly base: string) {
    this.#isReady = page.setViewport(DESK);
    page.on("pageerror", (error) => this.complaints.push(`${this.path}: ${error}`));
    page.on("console", (message) => {
      if (/Content Security Policy|Refused to/i.test(message.text())) {
        this.complaints.push(`${this.path}: ${message.text()}`);
      }
    });
  }

  get path(): string {
    return new URL(this.page.url()).pathname;
  }

  async open(path: string): Promise<void> {
    await this.#isReady;
    await this.page.goto(this.base + path, { waitUntil: "load" });
    await this.#fitsPhone();
  }

  /** Opens a page again and again until it says so. */
  async opensUntil(path: string, pattern: RegExp, timeoutMs = 30_000): Promise<void> {
    await until(async () => {
      await this.page.goto(this.base + path, { waitUntil: "load" });
      return pattern.test(await this.text());
    }, { timeoutMs, everyMs: 150, what: `${path} says ${pattern}` });
    await this.#fitsPhone();
  }

  async text(): Promise<string> {
    return await this.page.$eval("body", (body) => body.innerText.replace(/\s+/g, " "));
  }

  /** Waits a moment: what was done is taken out of the page and put in again, so that a screen reader says it. */
  async sees(pattern: RegExp): Promise<RegExpMatchArray> {
    const until = performance.now() + SEEN_WITHIN_MS;
    while (true) {
      const text = await this.text();
      const match = text.match(pattern);
      if (match !== null) return match;
      if (performance.now() > until) {
        assert.fail(`${this.page.url()} does not say ${pattern}. It says: ${text.slice(0, 600)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async count(selector: string): Promise<number> {
    return (await this.page.$$(selector)).length;
  }

  /** Fills fields by their names. */
  async fill(fields: Readonly<Record<string, string>>, form = "main"): Promise<void> {
    for (const [name, value] of Object.entries(fields)) {
      const field = `${form} [name="${name}"]`;
      const kind = await this.page.$eval(
        field,
        (element) => `${element.tagName} ${element.getAttribute("type")}`,
      );
      if (kind.startsWith("SELECT")) await this.page.select(field, value);
      else if (kind.endsWith("radio")) await this.page.click(`${field}[value="${value}"]`);
      else {
        // Dates are typed differently in every language; their value is the same.
        await this.page.$eval(field, (element, value) => (element as HTMLInputElement).value = value, value);
      }
    }
  }

  /** Ticks the boxes of a name that have these values. */
  async ticks(name: string, values: readonly string[]): Promise<void> {
    for (const value of values) {
      const box = `main input[name="${name}"][value="${value}"]`;
      await this.page.$eval(box, (element) => (element as HTMLInputElement).checked = true);
    }
  }

  /** Presses a button that sends a form. */
  async press(selector: string): Promise<void> {
    await this.#leaves(() => this.page.$eval(selector, (element) => (element as HTMLElement).click()));
  }

  /** Uses a passkey: its button is there once the page's script is. */
  async pressesPasskey(): Promise<void> {
    await this.page.waitForSelector("[data-passkey]");
    await this.press("[data-passkey]");
  }

  /** Follows the first link whose text matches. */
  async follow(text: RegExp): Promise<void> {
    await this.#leaves(() => this.#clickLink(text));
  }

  /** Follows a link to a question, which opens over the page. */
  async asks(text: RegExp): Promise<void> {
    await this.#clickLink(text);
    await this.page.waitForSelector("dialog[open] form");
  }

  async #clickLink(text: RegExp): Promise<void> {
    for (const link of await this.page.$$("a[href]")) {
      const words = await link.evaluate((element) => (element.textContent ?? "").replace(/\s+/g, " ").trim());
      if (text.test(words)) return await link.evaluate((element) => (element as HTMLElement).click());
    }
    assert.fail(`${this.page.url()} has no link ${text}`);
  }

  /** Types where the page has put the cursor. */
  async types(text: string): Promise<void> {
    await this.#hasCursor();
    await this.page.keyboard.type(text);
  }

  async enters(): Promise<void> {
    await this.#hasCursor();
    await this.#leaves(() => this.page.keyboard.press("Enter"));
  }

  /** Presses a button of the demo bar until it is far enough. */
  async moves(button: string, isThere: () => Promise<boolean>, atMost = 120): Promise<void> {
    await this.open("/admin/demo");
    const to = button === "Next bill run" ? "bill_run" : "cut_run";
    for (let times = 0; times < atMost; times++) {
      await this.press(`form[action="/admin/demo/clock"]:has([name="to"][value="${to}"]) button`);
      if (await isThere()) return;
    }
    assert.fail(`pressing "${button}" ${atMost} times was not enough`);
  }

  /** Posts what somebody owes, with the form's own amount. */
  async postsPayment(subscriber: string): Promise<void> {
    await this.page.goto(`${this.base}/admin/payments/new?subscriber=${subscriber}`, { waitUntil: "load" });
    await this.enters();
    await this.sees(/RCPT-\d+/);
  }

  /** Ids at the end of the links, each once. */
  async linksIn(selector: string): Promise<string[]> {
    const ids = await this.page.$$eval(
      selector,
      (links) => links.map((link) => /[0-9a-f-]{36}/.exec(link.getAttribute("href") ?? "")?.[0] ?? ""),
    );
    return [...new Set(ids)].sort();
  }

  /** Addresses of the menu, each once. */
  async menu(): Promise<string[]> {
    const paths = await this.page.$$eval(
      'nav a[href^="/admin"]',
      (links) => links.map((link) => link.getAttribute("href") ?? ""),
    );
    return [...new Set(paths)];
  }

  /** Words of the buttons, and of the links that look like some, that match; also those that are not shown now. */
  async buttons(words: RegExp): Promise<string[]> {
    const all = await this.page.$$eval(
      "button, a.button, input[type=submit], [role=menuitem]",
      (elements) =>
        elements.map((element) => `${element.textContent} ${element.getAttribute("value") ?? ""}`),
    );
    return all.filter((text) => words.test(text));
  }

  /** How light the page's ground is, 0 to 255. */
  async paper(scheme: "light" | "dark"): Promise<number> {
    await this.page.emulateMediaFeatures([
      { name: "prefers-color-scheme", value: scheme },
      { name: "prefers-reduced-motion", value: "reduce" },
    ]);
    const colour = await this.page.$eval("body", (body) => getComputedStyle(body).backgroundColor);
    const [red = 0, green = 0, blue = 0] = (colour.match(/\d+(\.\d+)?/g) ?? []).map(Number);
    return (red + green + blue) / 3;
  }

  async signsOut(): Promise<void> {
    await this.press('form[action="/admin/sign-out"] button');
    assert.equal(this.path, "/login");
  }

  /** A page places its cursor a moment after it has loaded. */
  async #hasCursor(): Promise<void> {
    await this.page.waitForFunction(() => document.activeElement?.tagName === "INPUT", { timeout: 5_000 });
  }

  async #leaves(act: () => Promise<unknown>): Promise<void> {
    await Promise.all([this.page.waitForNavigation({ waitUntil: "load" }), act()]);
  }

  async #fitsPhone(): Promise<void> {
    await this.page.setViewport(PHONE);
    const wide = await this.page.evaluate(() => document.documentElement.scrollWidth);
    await this.page.setViewport(DESK);
    assert.ok(wide <= PHONE.width, `${this.page.url()} is ${wide} px wide on a phone`);
  }
}
