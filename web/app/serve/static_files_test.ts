import assert from "node:assert/strict";
import { asset } from "fresh/runtime";
import { send } from "@/web/app/_test_app.ts";
import { loadStaticFiles, staticFiles } from "./static_files.ts";

const dir = await Deno.makeTempDir();
await Deno.mkdir(`${dir}/fonts`);
await Deno.writeTextFile(`${dir}/admin.css`, "a{color:red}".repeat(200));
await Deno.writeFile(`${dir}/fonts/a.woff2`, new Uint8Array([1, 2, 3]));
const bundle = {
  boot: "/static/boot-A.js",
  islands: {},
  files: new Map([["/static/boot-A.js", new TextEncoder().encode("boot()")]]),
};
const files = await loadStaticFiles({ dir: new URL(`file://${dir}/`), bundle });
await Deno.remove(dir, { recursive: true });
const notFound = () => new Response("next", { status: 404 });

Deno.test("asset gives an address with the content's hash that may be kept for ever", async () => {
  assert.match(asset("/admin.css"), /^\/static\/admin-[0-9a-f]{12}\.css$/);
  const response = await send([staticFiles(files)], notFound, { path: asset("/admin.css") });
  assert.equal(response.headers.get("content-type"), "text/css; charset=utf-8");
  assert.equal(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.equal((await response.text()).length, 2400);
});

Deno.test("static files are sent compressed to clients that take it", async () => {
  for (const encoding of ["br", "gzip"]) {
    const headers = { "accept-encoding": encoding };
    const response = await send([staticFiles(files)], notFound, { path: asset("/admin.css"), headers });
    assert.equal(response.headers.get("content-encoding"), encoding);
    assert.ok((await response.bytes()).length < 200);
  }
});

Deno.test("a static file that did not change answers 304", async () => {
  const path = "/static/fonts/a.woff2";
  const first = await send([staticFiles(files)], notFound, { path });
  assert.equal(first.headers.get("cache-control"), "no-cache");
  const headers = { "if-none-match": first.headers.get("etag") ?? "" };
  assert.equal((await send([staticFiles(files)], notFound, { path, headers })).status, 304);
});

Deno.test("island scripts are served, unknown and outside paths are not", async () => {
  const get = (path: string) => send([staticFiles(files)], notFound, { path });
  const boot = await get("/static/boot-A.js");
  assert.equal(boot.headers.get("content-type"), "text/javascript; charset=utf-8");
  for (const path of ["/static/none.css", "/static/../deno.json", "/static/%2e%2e/deno.json", "/admin.css"]) {
    assert.equal((await get(path)).status, 404);
  }
});

Deno.test("the icon that browsers ask for by themselves is there", async () => {
  const own = await loadStaticFiles({ dir: new URL("../../static/", import.meta.url) });
  const response = await send([staticFiles(own)], notFound, { path: "/favicon.ico" });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "image/x-icon");
  assert.deepEqual([...(await response.bytes()).slice(0, 4)], [0, 0, 1, 0]);
});
