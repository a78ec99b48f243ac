import assert from "node:assert/strict";
import { silentLogger } from "@/shared/log.ts";
import { listenOnFreePort } from "./_test_app.ts";
import { serveApp } from "./serve.ts";

Deno.test("serveApp lets a running request finish after the stop", async () => {
  const stop = new AbortController();
  const release = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const server = listenOnFreePort(async () => {
    started.resolve();
    await release.promise;
    return new Response("done");
  }, stop.signal);
  const answer = fetch(`http://127.0.0.1:${server.port}/`, { headers: { connection: "close" } });
  await started.promise;
  stop.abort();
  release.resolve();
  assert.equal(await (await answer).text(), "done");
  await server.finished;
});

Deno.test("serveApp does not wait for a request that outlasts the drain time", async () => {
  const stop = new AbortController();
  const started = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const server = listenOnFreePort(async () => {
    started.resolve();
    await release.promise;
    return new Response("late");
  }, stop.signal);
  const answer = fetch(`http://127.0.0.1:${server.port}/`, { headers: { connection: "close" } });
  await started.promise;
  stop.abort();
  await server.finished;
  release.resolve();
  assert.equal(await (await answer).text(), "late");
});

Deno.test("serveApp names a port that is taken", async () => {
  const stop = new AbortController();
  const handler = () => Promise.resolve(new Response("ok"));
  const first = listenOnFreePort(handler, stop.signal);
  const again = { port: first.port, hostname: "127.0.0.1", signal: stop.signal, log: silentLogger };
  assert.throws(() => serveApp(handler, again), {
    name: "AddrInUse",
    message: `Cannot serve pages on 127.0.0.1:${first.port}: another program listens there`,
  });
  stop.abort();
  await first.finished;
});
