import assert from "node:assert/strict";
import { App } from "fresh";
import { type IslandBundle, loadBuildCache, setBuildCache } from "./internal.ts";
import type { State } from "./testdata/define.ts";

const BUNDLE: IslandBundle = {
  boot: "/static/boot-1.js",
  islands: {
    Counter: { url: "/static/Counter-1.js", files: ["/static/Counter-1.js", "/static/chunk-1.js"] },
  },
  files: new Map(),
};

async function render(path: string): Promise<{ status: number; body: string }> {
  const app = new App<State>();
  const cache = await loadBuildCache({
    routesDir: new URL("./testdata/routes/", import.meta.url),
    islandsDir: new URL("./testdata/islands/", import.meta.url),
    bundle: BUNDLE,
  });
  setBuildCache(app, cache);
  app.use((ctx) => {
    ctx.state.nonce = "n0nce";
    return ctx.next();
  });
  const response = await app.fsRoutes().handler()(new Request(`http://localhost${path}`));
  return { status: response.status, body: await response.text() };
}

Deno.test("an island is recognised by identity, marked, and hydrated by one nonce-carrying script", async () => {
  const { body } = await render("/islands?label=first");
  assert.match(body, /<tbody><!--island:0--><tr><td>first<\/td>.*<!--\/island:0--><!--island:1--><tr>/);
  assert.match(body, /<script type="module" src="\/static\/boot-1.js" nonce="n0nce"><\/script><\/body>/);
  assert.match(body, /<link rel="modulepreload" href="\/static\/chunk-1.js" nonce="n0nce">/);
});

Deno.test("island props cannot close the script element", async () => {
  const { body } = await render("/islands");
  const json = /<script type="application\/json" id="islands">(.*?)<\/script>/.exec(body)?.[1] ?? "";
  assert.ok(!json.includes("<"));
  assert.deepEqual(JSON.parse(json), [
    { url: "/static/Counter-1.js", props: { start: 3, label: "</script><b>" } },
    { url: "/static/Counter-1.js", props: { start: 5, label: "second" } },
  ]);
});

Deno.test("a page without islands sends no script", async () => {
  const { body } = await render("/p/login");
  assert.ok(!body.includes("<script"));
  assert.ok(!body.includes("modulepreload"));
});

Deno.test("an island refuses props that are not JSON", async () => {
  assert.equal((await render("/broken_island")).status, 500);
});
