import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "puppeteer-core";
import { ROUTE_TABLE } from "@/web/route_table/mod.ts";
import type { Stack } from "../stack/mod.ts";
import { openWindow, takePictures } from "./camera.ts";
import { findDemoIds } from "./demo_ids.ts";
import { galleryIndex, VIEWS } from "./GalleryIndex.tsx";
import { moreViews } from "./more_views.ts";
import { type GalleryPage, listLeftOut, pagesOf } from "./sights.ts";

const NOTHING_YET = { kinds: new Map<string, string>(), patterns: new Map<string, string>() };

/** Pictures of what only a fresh installation shows; the demo's seed makes the owner account. */
export async function pictureFirstStart(browser: Browser, url: string, folder: string): Promise<string[]> {
  await Deno.mkdir(join(folder, "pictures"), { recursive: true });
  const routes = ROUTE_TABLE.filter(({ permission }) => permission === "setup");
  const window = await openWindow(browser, url, "visitor");
  const problems = await takePictures(window, url, folder, pagesOf(routes, NOTHING_YET));
  await window.close();
  return problems;
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
  const ids = await findDemoIds(stack.postgres.superuserUrl);
  const pages = pagesOf(ROUTE_TABLE, ids);
  const owner = await openWindow(browser, stack.url, "owner");
  const visitor = await openWindow(browser, stack.url, "visitor");
  const reader = await owner.newPage();
  await reader.goto(`${stack.url}/admin/plans`);
  const csrf = await reader.$eval('input[name="_csrf"]', (field) => field.getAttribute("value") ?? "");
  await reader.close();
  const all = [...pages, ...moreViews(ids, csrf)];
  const of = (who: GalleryPage["who"]) => all.filter((page) => page.who === who);
  const missing = [
    ...problems,
    ...await takePictures(visitor, stack.url, folder, of("visitor")),
    ...await takePictures(owner, stack.url, folder, of("owner")),
  ];
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
