import assert from "node:assert/strict";
import { silentLogger } from "@/shared/log.ts";
import { listenOnFreePort } from "@/web/app/_test_app.ts";
import { serveApp } from "./serve.ts";

Deno.test("serveApp lets a running request finish after the stop", async () => {
  const stop = new AbortController();
  const release = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const server = await listenOnFreePort(async () => {
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
  const server = await listenOnFreePort(async () => {
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
  const first = await listenOnFreePort(handler, stop.signal);
  const again = { port: first.port, hostname: "127.0.0.1", signal: stop.signal, log: silentLogger };
  await assert.rejects(() => serveApp(handler, again), {
    name: "AddrInUse",
    message: `Cannot serve pages on 127.0.0.1:${first.port}: another program listens there`,
  });
  stop.abort();
  await first.finished;
});

Deno.test("serveApp answers 400 to a Host header that is no host", async () => {
  const stop = new AbortController();
  const server = await listenOnFreePort(
    (req) => Promise.resolve(new Response(new URL(req.url).host)),
    stop.signal,
  );
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await connection.write(
    new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n"),
  );
  const answer = await new Response(connection.readable).text();
  assert.match(answer, /^HTTP\/1\.1 400 /);
  stop.abort();
  await server.finished;
});
