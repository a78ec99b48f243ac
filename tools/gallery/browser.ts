import { readAdminStyles } from "@/web/app/serve/styles.ts";
/** A real browser for the gallery: the system's Chromium if there is one, else the one inside the npm package. */
import { existsSync } from "node:fs";
import chromium from "@sparticuz/chromium";
import puppeteer, { type Browser, type Cookie, type CookieData, type Page } from "puppeteer-core";

/** One way of looking at a page. */
export interface View {
  width: number;
  scheme: "light" | "dark";
}

const SYSTEM_BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Address of a browser that `deno task test` keeps open for all test files. */
export const SHARED_BROWSER = "LINYA_TEST_BROWSER";

/**
 * Not for us: one process for all dies with any of its pages, pages are to be held to their origins, and an emulated
 * graphics card costs a third of the processor's time (gallery test: 24 s with it, 16 s without).
 */
const LEFT_OUT = [
  "--single-process",
  "--no-zygote",
  "--disable-web-security",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--ignore-gpu-blocklist",
];

/** A headless browser of the caller's own, who closes it: a new one, or a window apart in the one that tests share. */
export async function launchBrowser(): Promise<Browser> {
  const shared = Deno.env.get(SHARED_BROWSER);
  return shared === undefined ? await startBrowser() : await openWindow(shared);
}

/** Starts a browser's process. One that dies at its start, as happens on a busy machine, is started once more. */
export async function startBrowser(): Promise<Browser> {
  try {
    return await launch().catch(launch);
  } catch (cause) {
    const hint = String(cause).includes("libnss3")
      ? "libnss3 is missing, apt-get install libnss3"
      : "see the cause";
    throw new Error(`Cannot start a browser: ${hint}`, { cause });
  }
}

async function launch(): Promise<Browser> {
  const system = SYSTEM_BROWSERS.find((path) => existsSync(path));
  return await puppeteer.launch({
    executablePath: system ?? await chromium.executablePath(),
    args: [
      ...chromium.args.filter((arg) => !LEFT_OUT.includes(arg)),
      "--no-sandbox",
      "--disable-background-networking",
      "--disable-gpu",
      "--disable-software-rasterizer",
    ],
    headless: "shell",
  });
}

/** Cookies and storage of its own; closing it leaves the browser open for the others. */
async function openWindow(address: string): Promise<Browser> {
  const browser = await puppeteer.connect({ browserWSEndpoint: address });
  const context = await browser.createBrowserContext();
  return Object.assign(browser, {
    newPage: async () => steady(await context.newPage()),
    cookies: () => context.cookies(),
    setCookie: (...cookies: CookieData[]) => context.setCookie(...cookies),
    deleteCookie: (...cookies: Cookie[]) => context.deleteCookie(...cookies),
    defaultBrowserContext: () => context,
    async close() {
      await context.close();
      await browser.disconnect();
    },
  });
}

/**
 * A page whose reading survives a navigation. On a busy machine a page that was reached may still be given way to (a
 * redirect, news that reload it) when a test reads it: it then reads the page that came.
 */
function steady(page: Page): Page {
  const again = <Args extends unknown[], T>(read: (...args: Args) => Promise<T>) => async (...args: Args) => {
    try {
      return await read(...args);
    } catch (error) {
      if (!String(error).includes("Execution context was destroyed")) throw error;
      await page.waitForFunction("document.readyState === 'complete'");
      return await read(...args);
    }
  };
  return Object.assign(page, {
    $eval: again(page.$eval.bind(page)) as Page["$eval"],
    $$eval: again(page.$$eval.bind(page)) as Page["$$eval"],
  });
}

/** Opens a page of a static folder in one view. */
export async function openView(browser: Browser, url: string, view: View): Promise<Page> {
  const page = await browser.newPage();
  await page.setViewport({ width: view.width, height: 900 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: view.scheme }]);
  await page.goto(url, { waitUntil: "load" });
  return page;
}

/** Writes pages and their style sheet into a folder; gives the address of each page. */
export async function writePages(
  folder: string,
  pages: Record<string, string>,
): Promise<Map<string, string>> {
  await Deno.writeTextFile(`${folder}/admin.css`, await readAdminStyles());
  const addresses = new Map<string, string>();
  for (const [name, html] of Object.entries(pages)) {
    await Deno.writeTextFile(`${folder}/${name}.html`, html);
    addresses.set(name, `file://${folder}/${name}.html`);
  }
  return addresses;
}
