import type { Browser, Page } from "puppeteer-core";
import { bringAxe, findViolations } from "@/tools/gallery/axe.ts";

const WIDTHS = [320, 360, 768, 1280];
/** Axe looks at these: every other page light on a phone and dark on a desk, the others the other way round. */
const AXE_WIDTHS = [360, 1280];
/** Pages that are open beside each other. */
const TABS = 2;
/** With so many pages axe has seen the frame in both schemes on a phone and on a desk. */
const WITH_FRAME = 2;

/** A page to look at: an address, or a form that is sent and answered with a page. */
export interface Sight {
  path: string;
  /** Sent with POST. */
  form?: Readonly<Record<string, string>>;
}

/** How a sight is looked at. @default {every width, axe} */
export interface LookOptions {
  widths?: readonly number[];
  /** Scheme of the phone; the desk has the other one. @default "light" */
  phone?: "light" | "dark";
  withAxe?: boolean;
  /** Axe looks at the menu and the bars too. @default true */
  withFrame?: boolean;
}

/** Opens each page once and looks at it at every width, at the first ones with their frame; gives what is wrong. */
export async function look(
  browser: Browser,
  base: string,
  cookie: string,
  sights: readonly Sight[],
  options: LookOptions = {},
): Promise<string[]> {
  const problems: string[] = [];
  await browser.deleteCookie(...await browser.cookies());
  await setCookies(browser, cookie);
  const left = [...sights];
  let seen = 0;
  const tab = async () => {
    const page = await browser.newPage();
    if (options.withAxe !== false) await bringAxe(page);
    // Only widths are asked for: what scripts add is looked at where axe is.
    else await page.setJavaScriptEnabled(false);
    let at = "";
    page.on("console", (message) => {
      if (/Content Security Policy|Refused to/i.test(message.text())) {
        problems.push(`${at}: ${message.text()}`);
      }
    });
    page.on("pageerror", (error) => problems.push(`${at}: ${error}`));
    for (let sight = left.shift(); sight !== undefined; sight = left.shift()) {
      at = sight.form === undefined ? sight.path : `POST ${sight.path}`;
      await openSight(page, base, sight);
      const [phone, withFrame] = [seen % 2 === 0 ? "dark" : "light", seen < WITH_FRAME] as const;
      seen++;
      problems.push(...await lookAt(page, at, { phone, withFrame, ...options }));
    }
    await page.close();
  };
  await Promise.all(Array.from({ length: TABS }, tab));
  return problems;
}

/** Gives a browser the cookies of a `Cookie` header: the session, and the device that it was opened on. */
export async function setCookies(browser: Browser, header: string): Promise<void> {
  for (const pair of header.split("; ").filter((pair) => pair !== "")) {
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    await browser.setCookie({ name, value, domain: "127.0.0.1", path: "/" });
  }
}

/** Opens an address, or sends a form from a page of the same origin. */
export async function openSight(page: Page, base: string, { path, form }: Sight): Promise<void> {
  if (form === undefined) {
    await page.goto(base + path, { waitUntil: "load" });
    return;
  }
  await page.goto(`${base}/admin/help/shortcuts`, { waitUntil: "load" });
  const send = (action: string, fields: Record<string, string>) => {
    const own = document.createElement("form");
    own.method = "post";
    own.action = action;
    for (const [name, value] of Object.entries(fields)) {
      const field = document.createElement("input");
      [field.type, field.name, field.value] = ["hidden", name, value];
      own.append(field);
    }
    document.body.append(own);
    HTMLFormElement.prototype.submit.call(own);
  };
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.evaluate(send, path, { ...form })]);
}

/** Looks at the page that is open, at every width. */
export async function lookAt(page: Page, at: string, options: LookOptions = {}): Promise<string[]> {
  const problems: string[] = [];
  for (const width of options.widths ?? WIDTHS) {
    await page.setViewport({ width, height: 900 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) problems.push(`${at}: ${wide} px wide at ${width} px`);
    if (options.withAxe === false || !AXE_WIDTHS.includes(width)) continue;
    const { phone = "light" } = options;
    const scheme = (width < 768) === (phone === "light") ? "light" : "dark";
    for (const violation of await findViolations(page, scheme, options)) {
      problems.push(`${at} at ${width} px, ${scheme}: ${violation}`);
    }
  }
  return problems;
}
