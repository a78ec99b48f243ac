import assert from "node:assert/strict";
import { ok, send } from "@/web/app/_test_app.ts";
import { securityHeaders } from "./security_headers.ts";

Deno.test("securityHeaders sends the policy with a nonce of its own for each answer", async () => {
  const route = (ctx: { state: { nonce: string }; text(body: string): Response }) =>
    ctx.text(ctx.state.nonce);
  const [first, second] = [await send([securityHeaders()], route), await send([securityHeaders()], route)];
  const nonce = await first.text();
  assert.notEqual(nonce, await second.text());
  const policy = first.headers.get("content-security-policy") ?? "";
  for (
    const part of [
      "default-src 'none'",
      `script-src 'nonce-${nonce}' 'strict-dynamic'`,
      `style-src 'self' 'nonce-${nonce}'`,
      "img-src 'self' data:",
      "connect-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]
  ) assert.ok(policy.split("; ").includes(part), part);
  assert.equal(first.headers.get("x-content-type-options"), "nosniff");
  assert.equal(first.headers.get("referrer-policy"), "same-origin");
});

Deno.test("securityHeaders lets forms go to the checkout's host", async () => {
  const response = await send([securityHeaders({ formActions: ["https://checkout.example"] })], ok);
  assert.match(
    response.headers.get("content-security-policy") ?? "",
    /form-action 'self' https:\/\/checkout.example;/,
  );
});

Deno.test("securityHeaders sends HSTS on https only", async () => {
  const plain = await send([securityHeaders({ publicUrl: new URL("http://a.test") })], ok);
  const secure = await send([securityHeaders({ publicUrl: new URL("https://a.test") })], ok);
  assert.equal(plain.headers.get("strict-transport-security"), null);
  assert.match(secure.headers.get("strict-transport-security") ?? "", /^max-age=31536000/);
});

Deno.test("securityHeaders keeps pages out of caches and leaves static files in them", async () => {
  const cached = await send(
    [securityHeaders()],
    () => new Response("", { headers: { "cache-control": "public, max-age=1" } }),
  );
  assert.equal((await send([securityHeaders()], ok)).headers.get("cache-control"), "no-store");
  assert.equal(cached.headers.get("cache-control"), "public, max-age=1");
});

Deno.test("securityHeaders leaves a policy that a page of less has set itself", async () => {
  const response = await send(
    [securityHeaders()],
    () => new Response("", { headers: { "content-security-policy": "default-src 'none'; sandbox" } }),
  );
  assert.equal(response.headers.get("content-security-policy"), "default-src 'none'; sandbox");
});
