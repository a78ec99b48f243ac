import { join } from "node:path";
import type { Browser, Page } from "puppeteer-core";
import { until } from "@/tests/support/until.ts";
import { signInAsOwner } from "./camera.ts";

const WIDTHS = { wide: { width: 1280, height: 800 }, phone: { width: 360, height: 740 } } as const;

interface Shot {
  name: string;
  path: string;
}

/** The README's pictures: what a screen shows at first, at both widths in both schemes. */
export async function takeReadmePictures(browser: Browser, url: string, folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await signInAsOwner(browser, url);
  const page = await browser.newPage();
  const shots = await findShots(page, url);
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    for (const [size, viewport] of Object.entries(WIDTHS)) {
      await page.setViewport(viewport);
      for (const { name, path } of shots) {
        const words = [name, ...size === "wide" ? [] : [size], ...scheme === "light" ? [] : [scheme]];
        const file = `${words.join("-")}.png` as const;
        await page.goto(url + path);
        await page.screenshot({ path: join(folder, file) as `${string}.png` });
        console.log(file);
      }
    }
  }
}

async function findShots(page: Page, url: string): Promise<Shot[]> {
  const linkOn = async (path: string, selector: string): Promise<string> => {
    await page.goto(url + path);
    return await page.$eval(selector, (link) => link.getAttribute("href")) ?? path;
  };
  let importPath = "";
  await until(async () => {
    importPath = await linkOn("/admin/import", 'main a[href^="/admin/import/"]');
    await page.goto(url + importPath);
    return await page.$eval("main", (main) => /review/i.test(main.textContent ?? ""));
  }, { timeoutMs: 20_000, what: "the waiting import is read" });
  return [
    { name: "today", path: "/admin" },
    { name: "tonight", path: "/admin/tonight" },
    { name: "subscriber", path: await linkOn("/admin/tonight", 'main a[href^="/admin/subscribers/"]') },
    { name: "import", path: importPath },
    { name: "settings", path: "/admin/settings/billing" },
  ];
}
