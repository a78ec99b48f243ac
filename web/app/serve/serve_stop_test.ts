import assert from "node:assert/strict";
import { until } from "@/tests/support/until.ts";
import { echo, HEAD_OF_POST, Served } from "@/web/app/_test_guests.ts";

Deno.test("a request whose body is arriving at the stop is finished", async () => {
  let began = 0;
  await using served = await Served.start((req) => {
    began += 1;
    return echo(req);
  }, { drainMs: 5_000 });
  const guest = await served.say(HEAD_OF_POST + "x".repeat(400));
  await until(() => began === 1);
  served.stopping.abort();
  await until(
    () => Deno.connect({ hostname: "127.0.0.1", port: served.port }).then(() => false, () => true),
    {
      what: "the port's end",
    },
  );
  await guest.say("x".repeat(600));
  await until(() => guest.isClosed);
  assert.match(guest.heard, /^HTTP\/1\.1 200 [\s\S]*connection: close[\s\S]*got 1000$/i);
});

Deno.test("a request whose headers are arriving at the stop is answered", async () => {
  await using served = await Served.start(echo, { drainMs: 5_000 });
  const guest = await served.say("GET / HTTP/1.1\r\nHo");
  // A second connection that is answered: what the first one sent has arrived by then.
  const other = await served.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await until(() => other.heard.includes("got 0"));
  served.stopping.abort();
  await until(() => other.isClosed);
  await guest.say("st: a\r\n\r\n");
  await until(() => guest.isClosed);
  assert.match(guest.heard, /^HTTP\/1\.1 200 /);
});

Deno.test("what has not arrived when the drain is over gets 503 with Retry-After", async () => {
  await using served = await Served.start(echo, { drainMs: 300 });
  const body = await served.say(HEAD_OF_POST + "half");
  const headers = await served.say("GET / HTTP/1.1\r\nHost: a\r\nX: ");
  const seen = await served.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await until(() => seen.heard.includes("got 0"));
  served.stopping.abort();
  await served.finished;
  await until(() => body.isClosed && headers.isClosed);
  for (const guest of [body, headers]) assert.match(guest.heard, /^HTTP\/1\.1 503 [\s\S]*retry-after: 5/i);
});

Deno.test("a stop does not wait for connections that say nothing", async () => {
  await using served = await Served.start(echo, { drainMs: 60_000 });
  const silent = await served.say("");
  const idle = await served.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await until(() => idle.heard.includes("got 0"));
  served.stopping.abort();
  await served.finished;
  await until(() => silent.isClosed && idle.isClosed);
});
