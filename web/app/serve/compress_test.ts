import assert from "node:assert/strict";
import { send } from "@/web/app/_test_app.ts";
import { acceptsEncoding, compress } from "./compress.ts";

const html = (length: number) => () =>
  new Response("x".repeat(length), { headers: { "content-type": "text/html; charset=utf-8" } });
const gzip = { headers: { "accept-encoding": "br, gzip" } };

Deno.test("compress gzips a page over 1 KB for a client that takes it", async () => {
  const response = await send([compress()], html(5000), gzip);
  assert.equal(response.headers.get("content-encoding"), "gzip");
  assert.equal(response.headers.get("vary"), "accept-encoding");
  const plain = response.body?.pipeThrough(new DecompressionStream("gzip"));
  assert.equal((await new Response(plain).text()).length, 5000);
});

Deno.test("compress leaves small pages, other types and other clients alone", async () => {
  const text = () => new Response("x".repeat(5000), { headers: { "content-type": "image/png" } });
  for (
    const response of [
      await send([compress()], html(100), gzip),
      await send([compress()], text, gzip),
      await send([compress()], html(5000)),
    ]
  ) {
    assert.equal(response.headers.get("content-encoding"), null);
    assert.match(await response.text(), /^x+$/);
  }
});

Deno.test("compress copes with answers whose headers cannot be changed", async () => {
  assert.equal((await send([compress()], () => Response.redirect("http://linya.test/x", 303))).status, 303);
});

Deno.test("acceptsEncoding honours q=0", () => {
  const req = (value: string) => new Request("http://a", { headers: { "accept-encoding": value } });
  assert.equal(acceptsEncoding(req("gzip;q=0, br"), "gzip"), false);
  assert.equal(acceptsEncoding(req("gzip;q=0.5"), "gzip"), true);
});
