import assert from "node:assert/strict";
import { until } from "@/tests/support/until.ts";
import type { AppHandler } from "@/web/fresh/internal.ts";
import { echo, Served } from "@/web/app/_test_guests.ts";

/** One request on a connection of its own; the whole answer as text. */
async function ask(handler: AppHandler, request: string): Promise<string> {
  await using served = await Served.start(handler);
  const guest = await served.say(request);
  await until(() => guest.isClosed, { what: `an answer to ${JSON.stringify(request)}` });
  assert.deepEqual(served.lines, []);
  return guest.heard;
}

const CLOSE = "Host: linya.test\r\nConnection: close\r\n\r\n";

Deno.test("an answer keeps its status, each of its cookies, and says its length", async () => {
  const headers = new Headers([["set-cookie", "a=1"], ["set-cookie", "b=2"], ["content-type", "text/html"]]);
  const answer = await ask(
    () => Promise.resolve(new Response("mañana", { status: 418, headers })),
    `GET / HTTP/1.1\r\n${CLOSE}`,
  );
  assert.match(answer, /^HTTP\/1\.1 418 /);
  assert.match(answer, /set-cookie: a=1\r\nset-cookie: b=2\r\n/i);
  assert.match(answer, /content-length: 7\r\n[\s\S]*\r\n\r\nmañana$/i);
});

Deno.test.each([
  { method: "HEAD", status: 200 },
  { method: "GET", status: 204 },
  { method: "GET", status: 304 },
])("$method with $status has no body", async ({ method, status }) => {
  const body = status === 200 ? "page" : null;
  const answer = await ask(
    () => Promise.resolve(new Response(body, { status, headers: { "x-page": "1" } })),
    `${method} / HTTP/1.1\r\n${CLOSE}`,
  );
  assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*x-page: 1[\\s\\S]*\\r\\n\\r\\n$`, "i"));
  assert.doesNotMatch(answer, /content-length: 0|transfer-encoding/i);
});

Deno.test("the handler sees method, address, headers, body and who asks", async () => {
  const handler: AppHandler = async (req, info) => {
    const { transport, hostname } = info?.remoteAddr as Deno.NetAddr;
    return Response.json([
      req.method,
      req.url,
      req.headers.get("x-twice"),
      await req.text(),
      transport,
      hostname,
    ]);
  };
  const request =
    `POST /a%20b?q=%C3%B1 HTTP/1.1\r\nX-Twice: 1\r\nx-twice: 2\r\nTransfer-Encoding: chunked\r\n${CLOSE}`;
  const answer = await ask(handler, `${request}3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`);
  const seen = ["POST", "http://linya.test/a%20b?q=%C3%B1", "1, 2", "abcde", "tcp", "127.0.0.1"];
  assert.deepEqual(JSON.parse(answer.split("\r\n\r\n").at(-1) ?? ""), seen);
});

Deno.test.each([
  { what: "no Host header", request: "GET / HTTP/1.1\r\nConnection: close\r\n\r\n" },
  { what: "a Host header of junk", request: "GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n" },
  {
    what: "a user name in the Host header",
    request: "GET / HTTP/1.1\r\nHost: me@a\r\nConnection: close\r\n\r\n",
  },
  { what: "a path that is none", request: `OPTIONS * HTTP/1.1\r\n${CLOSE}` },
  { what: "another scheme", request: `GET file:///etc/passwd HTTP/1.1\r\n${CLOSE}` },
  { what: "something that is not HTTP", request: "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n" },
])("$what is 400", async ({ request }) => {
  assert.match(await ask(echo, request), /^HTTP\/1\.1 400 /);
});

Deno.test("methods that no request may have are 405 with Allow", async () => {
  const answer = await ask(echo, `TRACE / HTTP/1.1\r\n${CLOSE}`);
  assert.match(answer, /^HTTP\/1\.1 405 [\s\S]*allow: GET, HEAD, POST/i);
});

Deno.test("a whole address as to a proxy stands for its path and host", async () => {
  const handler: AppHandler = (req) => Promise.resolve(new Response(req.url));
  assert.match(
    await ask(handler, `GET http://other.test/x HTTP/1.1\r\n${CLOSE}`),
    /http:\/\/other\.test\/x$/,
  );
});

Deno.test("headers over their size are 431", async () => {
  assert.match(await ask(echo, `GET / HTTP/1.1\r\nX: ${"x".repeat(20_000)}\r\n${CLOSE}`), /^HTTP\/1\.1 431 /);
});

Deno.test("an answer that is given before a large body has come is read, and the connection goes on", async () => {
  await using served = await Served.start((req) =>
    Promise.resolve(req.method === "POST" ? new Response("too large", { status: 413 }) : new Response("next"))
  );
  const bytes = 4_000_000;
  const guest = await served.say(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n`);
  await until(() => guest.heard.includes("too large"));
  for (let sent = 0; sent < bytes; sent += 500_000) await guest.say("x".repeat(500_000));
  await guest.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await until(() => guest.heard.includes("next"));
  guest.leave();
});

Deno.test("requests on one connection are answered in their order", async () => {
  await using served = await Served.start((req) => Promise.resolve(new Response(new URL(req.url).pathname)));
  const guest = await served.say(
    ["/1", "/2", "/3"].map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(""),
  );
  await until(() => guest.heard.includes("/3"));
  assert.deepEqual(guest.heard.match(/\/\d(?=HTTP|$)/g), ["/1", "/2", "/3"]);
  guest.leave();
});

Deno.test("a stream is cancelled when its reader goes", async () => {
  const cancelled = Promise.withResolvers<void>();
  await using served = await Served.start(() => {
    const body = new ReadableStream({ cancel: () => cancelled.resolve() });
    return Promise.resolve(new Response(body, { headers: { "content-type": "text/event-stream" } }));
  });
  const guest = await served.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await until(() => guest.heard.includes("event-stream"));
  guest.leave();
  await cancelled.promise;
});
