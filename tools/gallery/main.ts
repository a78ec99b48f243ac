/**
 * Renders every component in every state and takes pictures: `deno run -A tools/gallery/main.ts [folder]`.
 * Prints the folder; open the pages in it to look around.
 */
import { launchBrowser, openView, type View, writePages } from "./browser.ts";
import { galleryPages } from "./gallery_pages.tsx";

const VIEWS: View[] = [1280, 360].flatMap((width) => [
  { width, scheme: "light" as const },
  { width, scheme: "dark" as const },
]);

const folder = Deno.args[0] ?? await Deno.makeTempDir({ prefix: "linya-gallery-" });
await Deno.mkdir(folder, { recursive: true });
const addresses = await writePages(folder, galleryPages());
const browser = await launchBrowser();
try {
  for (const [name, url] of addresses) {
    for (const view of VIEWS) {
      const page = await openView(browser, url, view);
      await page.screenshot({
        path: `${folder}/${name}-${view.width}-${view.scheme}.png`,
        fullPage: true,
      });
      await page.close();
    }
  }
} finally {
  await browser.close();
}
console.log(folder);
