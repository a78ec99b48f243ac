import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { loadRouteTable } from "@/web/app/load_route_table.ts";
import { galleryIndex, pictureFile, VIEWS } from "./GalleryIndex.tsx";
import { DEMO_KINDS } from "./demo_ids.ts";
import { groupOf, GROUPS, listLeftOut, pagesOf, whyNoPage } from "./sights.ts";
import { SIGNED_PATTERNS } from "./signed_addresses.ts";

const ROUTE_TABLE = await loadRouteTable();

const IDS = {
  kinds: new Map(DEMO_KINDS.map((kind) => [kind, "0197b3c2-7f41-7000-8000-000000000001"])),
  patterns: new Map(SIGNED_PATTERNS.map((pattern) => [pattern, pattern.replace(":token", "AAAA")])),
};
const GET = ROUTE_TABLE.filter(({ method }) => method === "GET");

Deno.test("the gallery shows every GET page of the route table in four pictures, under a heading of its own", () => {
  const pages = pagesOf(ROUTE_TABLE, IDS);
  const { document } = parseHTML(galleryIndex(pages, listLeftOut(ROUTE_TABLE)));
  const shown = [...document.querySelectorAll("h3 code")].map((code) => code.textContent);
  assert.deepEqual(
    [...shown].sort(),
    GET.filter((route) => whyNoPage(route) === null).map(({ pattern }) => pattern).sort(),
  );
  assert.ok(shown.length > 50, `only ${shown.length} pages`);
  for (const article of document.querySelectorAll("article")) {
    assert.equal(article.querySelectorAll('img[loading="lazy"][alt]').length, VIEWS.length);
  }
  const named = [...document.querySelectorAll("code")].map((code) => code.textContent);
  for (const { pattern } of GET) assert.ok(named.includes(pattern), `${pattern} is nowhere`);
});

Deno.test("no two pictures of the gallery have the same file", () => {
  const files = pagesOf(ROUTE_TABLE, IDS).flatMap((page) => VIEWS.map((view) => pictureFile(page, view)));
  assert.equal(new Set(files).size, files.length);
});

Deno.test("each page belongs to a part of the menu or to a named part beside it", () => {
  for (const { pattern } of GET) {
    assert.ok(
      GROUPS.slice(0, -1).includes(groupOf(pattern)) || whyNoPage({ ...GET[0]!, pattern }) !== null,
      pattern,
    );
  }
});

Deno.test("the gallery's page has no script, no handler and no address outside its folder", () => {
  const html = galleryIndex(pagesOf(ROUTE_TABLE, IDS), []);
  assert.doesNotMatch(html, /<script|\son[a-z]+=|https?:|src="\//);
});
