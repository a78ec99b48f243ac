import assert from "node:assert/strict";
import { until } from "@/tests/support/until.ts";
import { echo, Guest, HEAD_OF_POST, Served } from "@/web/app/_test_guests.ts";

Deno.test("connections that send their headers too slowly, or nothing, are closed", async () => {
  await using served = await Served.start(echo, {
    headerMs: 400,
    bodyPace: { graceMs: 500, bytesPerSecondMin: 500 },
  });
  const guests = await Promise.all(
    Array.from(
      { length: 60 },
      (_, n) => served.say(["", "GET / HTT", "GET / HTTP/1.1\r\nHost: a\r\nX: "][n % 3] ?? ""),
    ),
  );
  for (const guest of guests.filter((_, n) => n % 3 === 2)) void guest.drip("x");
  await until(() => guests.every((guest) => guest.isClosed), { what: "all closed" });
  for (const guest of guests) assert.match(guest.heard, /^HTTP\/1\.1 408 /);
  served.stopping.abort();
  await served.finished;
  assert.equal(served.lines.length, 1, served.lines.join("\n"));
  assert.match(served.lines[0] ?? "", /"count":60.*"slow_connections_closed"/);
});

Deno.test("a body that stops, or that drips, is refused with 408; one that goes on is taken however long", async () => {
  const pace = { graceMs: 400, bytesPerSecondMin: 2_000 };
  await using served = await Served.start(echo, { headerMs: 400, bodyPace: pace });
  const stopped = await served.say(HEAD_OF_POST + "ab");
  const dripping = await served.say(HEAD_OF_POST + "ab");
  void dripping.drip("x");
  const slow = await served.say(HEAD_OF_POST);
  for (let sent = 0; sent < 1000; sent += 250) {
    await slow.say("y".repeat(250));
    await new Promise((resolve) => setTimeout(resolve, 110));
  }
  await until(() => /got 1000/.test(slow.heard), { what: "the slow one's answer" });
  await until(() => stopped.isClosed && dripping.isClosed, { timeoutMs: 8_000, what: "both closed" });
  assert.match(stopped.heard, /^HTTP\/1\.1 408 /);
  assert.match(dripping.heard, /^HTTP\/1\.1 408 /);
  slow.leave();
});

Deno.test("a kept connection without a request is closed; slow pages and event streams are not", async () => {
  const beat = new TextEncoder().encode(": beat\n\n");
  const release = Promise.withResolvers<void>();
  await using served = await Served.start(async (req) => {
    if (req.url.endsWith("/slow")) {
      await release.promise;
      return new Response("slow page");
    }
    if (!req.url.endsWith("/events")) return new Response("ok");
    const body = new ReadableStream({
      start: (stream) => void release.promise.then(() => stream.enqueue(beat)),
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }, { headerMs: 300, idleMs: 300, answerStallMs: 300, bodyPace: { graceMs: 300, bytesPerSecondMin: 500 } });
  const ask = (path: string) => served.say(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  const [idle, slow, events] = await Promise.all([ask("/"), ask("/slow"), ask("/events")]);
  await until(() => idle.isClosed, { what: "the idle connection's end" });
  await until(() => events.heard.includes("text/event-stream"), { what: "the stream's headers" });
  // Far beyond every limit.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  assert.equal(slow.isClosed || events.isClosed, false);
  release.resolve();
  await until(() => slow.heard.includes("slow page") && events.heard.includes(": beat"), { what: "both" });
  events.leave();
});

Deno.test("whoever does not take an answer is cut off; whoever takes it slowly is not", async () => {
  const large = "z".repeat(30_000_000);
  let open = 0;
  await using served = await Served.start(() => {
    open += 1;
    return Promise.resolve(new Response(large));
  }, { answerStallMs: 700 });
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: served.port });
  const deaf = new Guest(conn, { isReading: false });
  await deaf.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await until(() => open === 1);
  const patient = await Deno.connect({ hostname: "127.0.0.1", port: served.port });
  await patient.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
  let taken = 0;
  const buffer = new Uint8Array(1_000_000);
  for (let read = await patient.read(buffer); read !== null; read = await patient.read(buffer)) {
    taken += read;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  patient.close();
  assert.ok(taken > large.length, `${taken} bytes`);
  // The deaf one's connection is gone: a write meets a reset sooner or later.
  await until(async () => {
    try {
      await deaf.say("x");
      return false;
    } catch {
      return true;
    }
  }, { what: "the deaf one cut off" });
  deaf.leave();
});

Deno.test("300 aborted uploads are one line in the log", async () => {
  let began = 0;
  await using served = await Served.start((req) => {
    began += 1;
    return echo(req);
  });
  const guests = await Promise.all(Array.from({ length: 300 }, () => served.say(HEAD_OF_POST + "half")));
  await until(() => began === 300);
  for (const guest of guests) guest.leave();
  served.stopping.abort();
  await served.finished;
  assert.equal(served.lines.length, 1, served.lines.slice(0, 3).join("\n"));
  assert.match(served.lines[0] ?? "", /"count":300.*"uploads_aborted"/);
});

Deno.test("a port that is full of connections without a request still takes new ones", async () => {
  await using served = await Served.start(echo, { connectionsMax: 20 });
  const guests: Guest[] = [];
  for (let n = 0; n < 100; n++) {
    const guest = await served.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await until(() => guest.heard.includes("got 0"), { what: `an answer to guest ${n}` });
    guests.push(guest);
    // Slower than room is made, as people are.
    if (n % 10 === 9) {
      await until(() => guests.filter(({ isClosed }) => !isClosed).length < 16, { what: "room" });
    }
  }
  for (const guest of guests) if (!guest.isClosed) guest.leave();
});
