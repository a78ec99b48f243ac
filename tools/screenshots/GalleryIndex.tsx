import { renderToString } from "preact-render-to-string";
import { GALLERY_STYLES } from "./gallery_styles.ts";
import { type GalleryPage, GROUPS } from "./sights.ts";

/** Widths and colours of the four pictures of a page. */
export const VIEWS = [
  { width: 1280, height: 800, scheme: "light" },
  { width: 1280, height: 800, scheme: "dark" },
  { width: 360, height: 740, scheme: "light" },
  { width: 360, height: 740, scheme: "dark" },
] as const;

export type View = (typeof VIEWS)[number];

/** The file of one picture, beside the gallery's page. */
export function pictureFile(page: GalleryPage, view: View): string {
  const words = `${page.pattern} ${page.note}`.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return `pictures/${words.replace(/^-|-$/g, "") || "start"}-${view.width}-${view.scheme}.webp`;
}

/** A route without a picture, and what it answers. */
export interface LeftOut {
  pattern: string;
  why: string;
}

/** The gallery as one HTML file without scripts, which works from a folder. */
export function galleryIndex(pages: readonly GalleryPage[], leftOut: readonly LeftOut[]): string {
  return `<!doctype html>\n${renderToString(<GalleryIndex pages={pages} leftOut={leftOut} />)}\n`;
}

function GalleryIndex({ pages, leftOut }: {
  pages: readonly GalleryPage[];
  leftOut: readonly LeftOut[];
}) {
  const groups = GROUPS
    .map((name) => ({ name, id: idOf(name), pages: pages.filter(({ group }) => group === name) }))
    .filter((group) => group.pages.length > 0);
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Every page · Linya</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <style dangerouslySetInnerHTML={{ __html: GALLERY_STYLES }} />
      </head>
      <body>
        <header>
          <h1>Every page</h1>
          <p>
            {`${pages.length} views, each at 1280 and 360 px, light and dark. A picture opens in its full length.`}
          </p>
          <nav aria-label="Parts">
            <ul>
              {groups.map(({ name, id, pages }) => (
                <li key={id}>
                  <a href={`#${id}`}>{name}</a> {pages.length}
                </li>
              ))}
            </ul>
          </nav>
        </header>
        <main>
          {groups.map(({ name, id, pages }) => (
            <section key={id} id={id} aria-labelledby={`${id}-name`}>
              <h2 id={`${id}-name`}>{name}</h2>
              {pages.map((page) => <PageViews key={pictureFile(page, VIEWS[0])} page={page} />)}
            </section>
          ))}
          <section aria-labelledby="left-out">
            <h2 id="left-out">GET routes that are no pages</h2>
            <ul>
              {leftOut.map(({ pattern, why }) => (
                <li key={pattern}>
                  <code>{pattern}</code> {why}
                </li>
              ))}
            </ul>
          </section>
        </main>
      </body>
    </html>
  );
}

function PageViews({ page }: { page: GalleryPage }) {
  const name = page.note === "" ? page.pattern : `${page.pattern}, ${page.note}`;
  return (
    <article>
      <h3>
        <code>{page.pattern}</code> {page.note}
      </h3>
      <p>{page.summary}</p>
      <ul class="views">
        {VIEWS.map((view) => {
          const file = pictureFile(page, view);
          const words = `${view.width} px, ${view.scheme}`;
          return (
            <li key={file} class={view.width < 500 ? "phone" : "wide"}>
              <a href={file}>
                <img
                  src={file}
                  alt={`${name} at ${words}`}
                  width={view.width}
                  height={view.height}
                  loading="lazy"
                  decoding="async"
                />
              </a>
              <span aria-hidden="true">{words}</span>
            </li>
          );
        })}
      </ul>
    </article>
  );
}

function idOf(name: string): string {
  return name.toLowerCase().replaceAll(" ", "-");
}
