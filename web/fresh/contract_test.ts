import assert from "node:assert/strict";
import * as fresh from "fresh";
import * as runtime from "fresh/runtime";
import { listRoutes, loadBuildCache, setBuildCache } from "./internal.ts";
import type { State } from "./testdata/define.ts";

const ROUTES = new URL("./testdata/routes/", import.meta.url);
const cache = await loadBuildCache({ routesDir: ROUTES });

function fileApp(): fresh.App<State> {
  const app = new fresh.App<State>();
  setBuildCache(app, cache);
  return app.fsRoutes();
}

async function send(path: string, init: RequestInit = {}): Promise<{ response: Response; body: string }> {
  const response = await fileApp().handler()(new Request(`http://localhost${path}`, init));
  return { response, body: await response.text() };
}

Deno.test("fresh exports exactly these values, all of which Fresh 2 has", () => {
  assert.deepEqual(Object.keys(fresh).sort(), ["App", "HttpError", "createDefine", "page"]);
  assert.ok(["IS_BROWSER", "asset"].every((name) => name in runtime));
});

Deno.test("App has exactly these members", () => {
  const members = (proto: object) => Object.getOwnPropertyNames(proto).sort().join(" ");
  assert.equal(
    members(fresh.App.prototype),
    "all appWrapper constructor delete fsRoutes get handler head layout mountApp notFound onError patch post put route use",
  );
});

Deno.test("route files give this table", () => {
  assert.deepEqual(listRoutes(fileApp()).map(({ method, pattern }) => `${method} ${pattern}`), [
    "GET /",
    "GET /about",
    "GET /admin/deep/alone",
    "GET /admin/deep/page",
    "POST /admin/deep/page",
    "GET /admin/grouped",
    "GET /broken_island",
    "ALL /files/:rest*",
    "GET /islands",
    "GET /p/:slug",
    "GET /p/:slug/fixed",
    "GET /p/login",
  ]);
});

Deno.test("_app, nested _layout and async pages wrap the page in order", async () => {
  const { response, body } = await send("/admin/deep/page");
  assert.equal(response.status, 203);
  assert.equal(response.headers.get("x-page"), "yes");
  assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
  assert.equal(
    body,
    '<!DOCTYPE html><html lang="en"><head><title>root>admin>deep</title></head>' +
      "<body><main><section><b>7</b></section></main></body></html>",
  );
});

Deno.test("config.skipInheritedLayouts leaves only the app wrapper", async () => {
  const { body } = await send("/admin/deep/alone");
  assert.match(body, /<body><b>alone<\/b><\/body>/);
});

Deno.test("an inner _middleware never replaces the outer one, with or without a route between", async () => {
  const { response, body } = await send("/admin/deep/page");
  assert.match(body, /root>admin>deep/);
  assert.equal(response.headers.get("x-guarded"), "admin");
});

Deno.test("a path without a route still runs the _middleware of the folders above", async () => {
  // Nothing is mounted at /admin itself or at /admin/nothing.
  const seen: string[] = [];
  const app = new fresh.App<State>();
  setBuildCache(app, cache);
  app.use("/admin", async (ctx) => {
    seen.push(ctx.url.pathname);
    return await ctx.next();
  });
  const handler = app.fsRoutes().handler();
  assert.equal((await handler(new Request("http://localhost/admin/nothing"))).status, 404);
  assert.equal((await handler(new Request("http://localhost/admin"))).status, 404);
  assert.deepEqual(seen, ["/admin/nothing", "/admin"]);
});

for (
  const path of [
    "//admin/deep/page",
    "/admin//deep/page/",
    "/%61dmin/deep/page",
    "/x/%2e%2e/admin/deep/page",
    "/\\admin/deep/page",
  ]
) {
  Deno.test(`${path} cannot skip the middleware of /admin`, async () => {
    const { response } = await send(path);
    assert.equal(response.headers.get("x-guarded"), "admin");
    assert.equal(response.status, 203);
  });
}

for (const path of ["/p/a%2Fb", "/p/%2e%2e%2fadmin", "/p/%00", "/p/%ff", "/files/a%5cb", "/p/..%2f"]) {
  Deno.test(`${path} matches nothing`, async () => {
    assert.equal((await send(path)).response.status, 404);
  });
}

Deno.test("a (group) adds its layout and guards and is not part of the address", async () => {
  assert.match((await send("/about")).body, /root>group.*<article><i>about<\/i><\/article>/);
  assert.equal((await send("/(group)/about")).response.status, 404);
});

Deno.test("a route inside a (group) keeps the guards of its address", async () => {
  const { response, body } = await send("/admin/grouped");
  assert.equal(response.headers.get("x-guarded"), "admin");
  assert.match(body, /root>group>admin/);
});

Deno.test("[id] gives a decoded parameter and fixed names win over it", async () => {
  assert.match((await send("/p/a%20b")).body, /<p>\/p\/:slug=a b<\/p>/);
  assert.match((await send("/p/login")).body, /<p>login<\/p>/);
  assert.match((await send("/p/login/fixed")).body, /<p>fixed<\/p>/);
});

Deno.test("[...rest] takes the rest of the path, and one handler function takes every method", async () => {
  assert.equal((await send("/files/a/b.txt", { method: "PUT" })).body, "PUT a/b.txt");
});

Deno.test("HEAD is served by GET without a body", async () => {
  const { response, body } = await send("/admin/deep/page", { method: "HEAD" });
  assert.equal(response.status, 203);
  assert.equal(response.headers.get("x-page"), "yes");
  assert.equal(body, "");
});

Deno.test("an unhandled method of a known pattern answers 405 with Allow", async () => {
  const { response } = await send("/admin/deep/page", { method: "DELETE" });
  assert.equal(response.status, 405);
  assert.equal(response.headers.get("allow"), "GET, HEAD, POST");
});

Deno.test("ctx.redirect is 302 unless told, and stays on the host", async () => {
  const { response } = await send("/admin/deep/page", { method: "POST" });

  assert.equal(response.status, 303);
  const app = new fresh.App().get("/", (ctx) => ctx.redirect("//evil.example/x"));
  const redirected = await app.handler()(new Request("http://localhost/"));
  assert.equal(redirected.status, 302);
  assert.equal(redirected.headers.get("location"), "/evil.example/x");
});

Deno.test("ctx.redirect stays on the host where a browser would drop tabs and line breaks", async () => {
  const app = new fresh.App().get("/", (ctx) => ctx.redirect("/\t/evil.example\r\n/x"));
  const redirected = await app.handler()(new Request("http://localhost/"));
  assert.equal(redirected.headers.get("location"), "/evil.example/x");
});

Deno.test("the nearest _error page answers with the error's status, inside its own layouts", async () => {
  const { response, body } = await send("/admin/deep/page?fail");
  assert.equal(response.status, 409);
  assert.match(body, /<main><section><p>inner error: busy<\/p><\/section><\/main>/);
});

Deno.test("_404 answers unknown addresses with status 404", async () => {
  const { response, body } = await send("/nowhere");
  assert.equal(response.status, 404);
  assert.match(body, /<p>nothing at \/nowhere<\/p>/);
});

Deno.test("text and attributes are escaped by the precompiled JSX", async () => {
  const { body } = await send(`/?text=${encodeURIComponent(`"><script>alert(1)</script>&'`)}`);
  assert.ok(!body.includes("<script>"));
  assert.match(body, /<p title="&quot;>&lt;script>/);
  assert.match(body, /class="a&amp;b"/);
});

Deno.test("programmatic routes, layouts and mounted apps follow the same rules", async () => {
  const inner = new fresh.App<State>()
    .use((ctx) => {
      ctx.state.trail.push("inner");
      return ctx.next();
    })
    .get("/:id", (ctx) => ctx.json({ id: ctx.params["id"], trail: ctx.state.trail }));
  const app = new fresh.App<State>()
    .use((ctx) => {
      ctx.state.trail = ["outer"];
      return ctx.next();
    })
    .mountApp("/api", inner)
    .onError("/", (ctx) => ctx.text(`caught ${(ctx.error as Error).message}`, { status: 418 }))
    .get("/fail", () => {
      throw new fresh.HttpError(400, "bad");
    });
  const handler = app.handler();
  const mounted = await handler(new Request("http://localhost/api/5"));
  assert.deepEqual(await mounted.json(), { id: "5", trail: ["outer", "inner"] });
  const failed = await handler(new Request("http://localhost/fail"));
  assert.equal(await failed.text(), "caught bad");
});

Deno.test("App refuses the same method and pattern twice", () => {
  const app = new fresh.App().get("/a", (ctx) => ctx.text("1")).get("/a", (ctx) => ctx.text("2"));
  assert.throws(() => app.handler(), /Cannot mount GET \/a: it is mounted already/);
});

Deno.test("HttpError keeps status, message and cause", () => {
  const cause = new Error("x");
  const error = new fresh.HttpError(404, "Not found", { cause });
  assert.deepEqual([error.status, error.message, error.cause], [404, "Not found", cause]);
});
