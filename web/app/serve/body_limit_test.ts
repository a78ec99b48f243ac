import assert from "node:assert/strict";
import { send } from "@/web/app/_test_app.ts";
import { bodyLimit } from "./body_limit.ts";
import { errors } from "@/web/app/errors/errors.ts";

const echo = async (ctx: { req: Request }) => new Response(await ctx.req.text());
const chain = [errors(), bodyLimit({ bytesMax: 10 })];

Deno.test("bodyLimit passes a body of exactly the limit unchanged", async () => {
  assert.equal(await (await send(chain, echo, { method: "POST", body: "0123456789" })).text(), "0123456789");
});

Deno.test("bodyLimit refuses a body over the limit", async () => {
  const headers = { "content-length": "11" };
  assert.equal((await send(chain, echo, { method: "POST", body: "01234567890", headers })).status, 413);
});

Deno.test("bodyLimit refuses a long body that does not announce its length", async () => {
  const body = ReadableStream.from([new TextEncoder().encode("012345"), new TextEncoder().encode("67890")]);
  assert.equal((await send(chain, echo, { method: "POST", body })).status, 413);
});
