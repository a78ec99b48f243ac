import { readAdminStyles } from "@/web/app/styles.ts";
/** A real browser for the gallery: the system's Chromium if there is one, else the one inside the npm package. */
import { existsSync } from "node:fs";
import chromium from "@sparticuz/chromium";
import puppeteer, { type Browser, type Page } from "puppeteer-core";

/** One way of looking at a page. */
export interface View {
  width: number;
  scheme: "light" | "dark";
}

const SYSTEM_BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Starts a headless browser; the caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const system = SYSTEM_BROWSERS.find((path) => existsSync(path));
  try {
    return await puppeteer.launch({
      executablePath: system ?? await chromium.executablePath(),
      args: [...chromium.args, "--no-sandbox", "--disable-background-networking"],
      headless: "shell",
    });
  } catch (cause) {
    const hint = String(cause).includes("libnss3")
      ? "libnss3 is missing, apt-get install libnss3"
      : "see the cause";
    throw new Error(`Cannot start a browser: ${hint}`, { cause });
  }
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
