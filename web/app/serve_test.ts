import assert from "node:assert/strict";
import { listenOnFreePort } from "./_test_app.ts";

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
