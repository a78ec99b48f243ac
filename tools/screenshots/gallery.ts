import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "puppeteer-core";
import { loadRouteTable } from "@/web/app/load_route_table.ts";
import { findEntry } from "@/web/app/route_table.ts";
import type { Stack } from "../stack/mod.ts";
import { signInAsOwner, takePictures } from "./camera.ts";
import { findDemoIds } from "./demo_ids.ts";
import { galleryIndex, VIEWS } from "./GalleryIndex.tsx";
import { moreViews } from "./more_views.ts";
import { type GalleryPage, listLeftOut, pagesOf } from "./sights.ts";
import { signAddresses } from "./signed_addresses.ts";

const ROUTE_TABLE = await loadRouteTable();

const NOTHING_YET = { kinds: new Map<string, string>(), patterns: new Map<string, string>() };

/** A page that its form asks for with every field. */
const REVIEW = "/admin/settings/billing/review";

/** Pictures of what only a fresh installation shows; the demo's seed makes the owner account. */
export async function pictureFirstStart(browser: Browser, url: string, folder: string): Promise<string[]> {
  await Deno.mkdir(join(folder, "pictures"), { recursive: true });
  const routes = ROUTE_TABLE.filter(({ permission }) => permission === "setup");
  return await takePictures(browser, url, folder, pagesOf(routes, NOTHING_YET));
}

/**
 * Every page of the route table in four pictures, with a page that shows them all.
 *
 * @returns one line of counts
 * @throws {Error} naming each page that has no picture
 */
export async function makeGallery(
  browser: Browser,
  stack: Stack,
  folder: string,
  problems: readonly string[],
): Promise<string> {
  let ids = await findDemoIds(stack.postgres.superuserUrl);
  const signed = await signAddresses(stack, ids.kinds.get("bills") ?? "");
  ids = { ...ids, patterns: new Map([...ids.patterns, ...signed]) };
  const missing = [...problems];
  const take = async (some: readonly GalleryPage[]) => {
    missing.push(...await takePictures(browser, stack.url, folder, some));
  };
  // Nobody is signed in yet.
  await take([...pagesOf(ROUTE_TABLE, ids), ...moreViews(ids, "")].filter(({ who }) => who === "visitor"));
  await signInAsOwner(browser, stack.url);
  await checkImport(browser, `${stack.url}/admin/import/${ids.kinds.get("import")}`);
  const patterns = new Map(ids.patterns).set(REVIEW, await askForReview(browser, stack.url));
  ids = { ...ids, patterns };
  const pages = pagesOf(ROUTE_TABLE, ids);
  const all = [...pages, ...moreViews(ids, await readFormToken(browser, stack.url))];
  // What asks again who it is comes first, while the sign-in is fresh.
  const owners = all.filter(({ who }) => who === "owner");
  await take([...owners.filter(asksAgain), ...owners.filter((page) => !asksAgain(page))]);
  const index = join(folder, "index.html");
  await Deno.writeTextFile(index, galleryIndex(all, listLeftOut(ROUTE_TABLE)));
  if (missing.length > 0) {
    throw new Error(
      `Cannot make the gallery: ${missing.length} pages have no picture\n  ${missing.join("\n  ")}`,
    );
  }
  const href = pathToFileURL(await Deno.realPath(index)).href;
  return `${pages.length} pages in ${all.length} views, ${all.length * VIEWS.length} pictures: ${href}`;
}

function asksAgain({ pattern }: GalleryPage): boolean {
  const [path = "", method = "GET"] = pattern.split(" ").toReversed();
  return findEntry(ROUTE_TABLE, method, path)?.confirm === true;
}

/** The token that every form of this session carries. */
async function readFormToken(browser: Browser, url: string): Promise<string> {
  const page = await browser.newPage();
  await page.goto(`${url}/admin/plans`);
  const token = await page.$eval('input[name="_csrf"]', (field) => field.getAttribute("value") ?? "");
  await page.close();
  return token;
}

/** The review of more days of grace, as the settings' form asks for it. */
async function askForReview(browser: Browser, url: string): Promise<string> {
  const page = await browser.newPage();
  await page.goto(`${url}/admin/settings/billing`);
  const query = await page.$eval(`form[action="${REVIEW}"]`, (form) => {
    const fields = new FormData(form as HTMLFormElement);
    fields.set("graceDays", "7");
    return [...fields].map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join("&");
  });
  await page.close();
  return `${REVIEW}?${query}`;
}

/** Saves the review of the waiting import as it is suggested: only then it can be confirmed. */
async function checkImport(browser: Browser, url: string): Promise<void> {
  const page = await browser.newPage();
  await page.goto(url);
  await Promise.all([page.waitForNavigation(), page.click("form.stack .form-actions button")]);
  await page.close();
}
