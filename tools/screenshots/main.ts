import { silentLogger } from "@/shared/log.ts";
import { freePortPair, makeDataDir, stopAndRemove } from "@/tests/support/stack_parts.ts";
import { DEMO_SITES, HISTORY_DAYS } from "../demo/demo_data.ts";
import { seedDemo } from "../demo/seed.ts";
import { launchBrowser } from "../gallery/browser.ts";
import { Stack } from "../stack/mod.ts";
import { makeGallery, pictureFirstStart } from "./gallery.ts";
import { takeReadmePictures } from "./readme_pictures.ts";

/** Days of history behind the gallery: every state is there, in a fifth of the year's time. */
const GALLERY_DAYS = 75;

/**
 * `deno task screenshots [folder]`: starts a demo of its own and takes the README's pictures.
 * `deno task screenshots --all [folder]`: every page of the route table at 1280 and 360 px, light and dark, with an
 * `index.html` that shows them.
 */
async function main(): Promise<void> {
  const isAll = Deno.args.includes("--all");
  const folder = Deno.args.find((argument) => !argument.startsWith("--")) ??
    (isAll ? ".data/screenshots" : "docs/images");
  const dataDir = await makeDataDir();
  const stack = new Stack({ dataDir, port: freePortPair(), sites: DEMO_SITES, log: silentLogger });
  const browser = await launchBrowser();
  try {
    const { setupCode } = await stack.start();
    if (setupCode === null) throw new Error("Cannot take screenshots: the demo is not fresh");
    const problems = isAll ? await pictureFirstStart(browser, stack.url, folder) : [];
    const days = isAll ? GALLERY_DAYS : HISTORY_DAYS;
    await seedDemo(stack, { setupCode, log: silentLogger, days, say: (text) => console.log(text) });
    if (isAll) console.log(await makeGallery(browser, stack, folder, problems));
    else await takeReadmePictures(browser, stack.url, folder);
  } finally {
    await browser.close();
    await stopAndRemove(stack, dataDir);
  }
}

if (import.meta.main) {
  try {
    await main();
    Deno.exit(0);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
