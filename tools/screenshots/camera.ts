import { join } from "node:path";
import type { Browser, Page } from "puppeteer-core";
import { openSight } from "@/tests/e2e/_looks.ts";
import { DEMO_OWNER } from "../demo/demo_data.ts";
import { pictureFile, VIEWS } from "./GalleryIndex.tsx";
import type { GalleryPage } from "./sights.ts";

/** Pages that are open beside each other. */
const TABS = 3;

/** Signs in as the demo's owner, who has seen the tour: the pictures are of the product. */
export async function signInAsOwner(browser: Browser, url: string): Promise<void> {
  const page = await browser.newPage();
  await page.goto(`${url}/login`);
  await page.type('form.stack input[name="email"]', DEMO_OWNER.email);
  await page.type('form.stack input[name="password"]', DEMO_OWNER.password);
  await Promise.all([page.waitForNavigation(), page.click('form.stack button[type="submit"]')]);
  await Promise.all([page.waitForNavigation(), page.click('.tour form:has([value="leave"]) button')]);
  await page.close();
}

/** Takes the four pictures of each page, a few pages at a time; gives why a page has none, with its pattern. */
export async function takePictures(
  browser: Browser,
  url: string,
  folder: string,
  pages: readonly GalleryPage[],
): Promise<string[]> {
  const problems: string[] = [];
  const left = [...pages];
  const tab = async () => {
    const page = await browser.newPage();
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      try {
        await pictureOne(page, url, folder, next);
      } catch (error) {
        problems.push(`${next.pattern}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    await page.close();
  };
  await Promise.all(Array.from({ length: Math.min(TABS, pages.length) }, tab));
  return problems;
}

async function pictureOne(page: Page, url: string, folder: string, wanted: GalleryPage): Promise<void> {
  const { sight, status = 200 } = wanted;
  await page.setViewport(VIEWS[0]);
  let answered = 0;
  const listen = (response: { request(): { isNavigationRequest(): boolean }; status(): number }) => {
    if (response.request().isNavigationRequest()) answered = response.status();
  };
  // A form is sent from a page of the same place: the last answer is the one of the picture.
  page.on("response", listen);
  await openSight(page, url, sight);
  page.off("response", listen);
  const at = new URL(page.url()).pathname;
  if (at !== sight.path.split("?")[0]) throw new Error(`Cannot take the picture: it leads to ${at}`);
  if (answered !== status) throw new Error(`Cannot take the picture: it answers ${answered}, not ${status}`);
  for (const view of VIEWS) {
    await page.setViewport({ width: view.width, height: view.height });
    await page.emulateMediaFeatures([
      { name: "prefers-color-scheme", value: view.scheme },
      // Without motion the colours of the other scheme are there at once.
      { name: "prefers-reduced-motion", value: "reduce" },
    ]);
    const path = join(folder, pictureFile(wanted, view)) as `${string}.webp`;
    // The window grows to the whole page, so that a bar at its end is at the end.
    await page.screenshot({ path, type: "webp", quality: 85, fullPage: true, captureBeyondViewport: false });
  }
}
