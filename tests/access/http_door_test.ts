import assert from "node:assert/strict";
import { until } from "@/tests/support/until.ts";
import { HubWorld } from "@/tests/network/hub_world.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { ManualClock } from "@/shared/clock.ts";
import { silentLogger } from "@/shared/log.ts";
import { collectRouteTable } from "@/web/app/route_table.ts";
import { loadBuildCache } from "@/web/fresh/internal.ts";

const web = new URL("../../web/", import.meta.url);

Deno.test("whatever an address does not take is 405 with Allow, whoever asks; absent is 404", async () => {
  await using door = await openDoor();
  const { files } = await loadBuildCache({
    routesDir: new URL("routes/", web),
    islandsDir: new URL("islands/", web),
  });
  const byPattern = Map.groupBy(collectRouteTable(files), ({ pattern }) => pattern);
  let asked = 0;
  assert.ok(byPattern.size > 80, `${byPattern.size} patterns`);
  for (const [pattern, entries] of byPattern) {
    const path = pattern.replace(/:[^/]+/g, crypto.randomUUID());
    const taken = new Set<string>(entries.map(({ method }) => method));
    const allow = [...taken, ...taken.has("GET") ? ["HEAD"] : []].sort().join(", ");
    const refused = ["GET", "POST", "PUT", "DELETE", "PROPFIND"].filter((m) => !taken.has(m));
    for (const method of refused) {
      // Every second one as a stranger's page would send it: what is not taken is said before who asks is looked at.
      const headers: Record<string, string> = asked++ % 2 === 0
        ? {}
        : { cookie: "linya=x", origin: "http://stranger.example" };
      const answer = await door.ask(path, { method, headers });
      assert.deepEqual([answer.status, answer.headers.get("allow")], [405, allow], `${method} ${pattern}`);
    }
  }
  const icon = await door.ask("/static/icon.svg", { method: "POST" });
  assert.deepEqual([icon.status, icon.headers.get("allow")], [405, "GET, HEAD"]);
  assert.equal((await door.ask("/admin/nothing/here", { method: "PUT" })).status, 404);
});

Deno.test("a host name that is not ours is refused on every kind of request, with a page that says what to do", async () => {
  await using door = await openDoor();
  const strange = (path: string, init: RequestInit = {}) =>
    door.handler(new Request(`http://stranger.example${path}`, init));
  for (const path of ["/", "/login", "/admin", "/admin/bills/1", "/static/nothing.svg", "/nothing"]) {
    assert.equal((await strange(path)).status, 421, path);
  }
  const headers = { origin: "http://stranger.example", cookie: "linya_session=x" };
  assert.equal((await strange("/login", { method: "POST", headers, body: "a=b" })).status, 421);
  for (
    const [language, words] of [["en", "does not answer at this address"], [
      "fil",
      "Hindi sumasagot ang Linya",
    ]]
  ) {
    const page = await strange("/login", { headers: { "accept-language": language ?? "" } });
    const html = await page.text();
    assert.ok(html.includes(words ?? "") && html.includes("ALLOWED_HOSTS"), html.slice(0, 400));
  }
  // What watches over a node asks by its address.
  assert.equal((await strange("/health")).status, 200);
  for (const host of ["linya.test", "localhost:8400", "127.0.0.1:9999", "[::1]:8400"]) {
    assert.equal((await door.handler(new Request(`http://${host}/login`))).status, 200, host);
  }
});

Deno.test("the agents' port knows its names too, and answers other methods with Allow", async () => {
  await using world = await HubWorld.start({ hosts: { names: ["isp.example"], ownAddresses: () => [] } });
  const ask = async (host: string, path = "/agent/v1/challenge?agent=x", method = "GET") => {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: world.port });
    const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, "Connection: close", "", ""];
    await conn.write(new TextEncoder().encode(lines.join("\r\n")));
    return await new Response(conn.readable).text();
  };
  assert.match(await ask("stranger.example"), /^HTTP\/1\.1 421 [\s\S]*"unknown_host"/);
  const noted = () =>
    world.database.db.selectFrom("installation_security_events").select("times")
      .where("reason", "=", "host").execute();
  await until(async () => (await noted()).length === 1, { what: "it is in the security log" });
  assert.match(await ask("stranger.example", "/agent/v1/health"), /^HTTP\/1\.1 200 /);
  for (const host of ["isp.example", "isp.example:8401", "localhost", "127.0.0.1", "192.168.8.1:8401"]) {
    assert.match(await ask(host), /^HTTP\/1\.1 400 [\s\S]*"bad_agent"/, host);
  }
  assert.match(await ask("isp.example", "/agent/v1/enrol"), /^HTTP\/1\.1 405 [\s\S]*allow: POST/i);
  assert.match(
    await ask("isp.example", "/agent/v1/health", "POST"),
    /^HTTP\/1\.1 405 [\s\S]*allow: GET, HEAD/i,
  );
  assert.match(await ask("isp.example", "/nothing", "POST"), /^HTTP\/1\.1 404 /);
});

/** The real pages on an empty database. */
async function openDoor() {
  const database = await createTestDatabase();
  const app = await createWebApp({
    db: database.db,
    clock: new ManualClock("2026-11-23T01:00:00Z"),
    log: silentLogger,
    notifyRouters: () => {},
    notifyCommands: () => {},
  });
  return {
    handler: app.handler,
    ask: (path: string, init: RequestInit) => app.handler(new Request(`http://linya.test${path}`, init)),
    [Symbol.asyncDispose]: () => database.close(),
  };
}
