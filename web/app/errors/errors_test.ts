import assert from "node:assert/strict";
import { HttpError } from "fresh";
import { createLogger } from "@/shared/log.ts";
import { send } from "@/web/app/_test_app.ts";
import { errors } from "./errors.ts";

class Away extends Error {}
const chain = [errors({ isUnavailable: (error) => error instanceof Away })];
const fail = (error: unknown) => () => Promise.reject(error);

Deno.test("errors answers 503 with Retry-After while the database is away, as page and as JSON", async () => {
  const page = await send(chain, fail(new Away("connect ECONNREFUSED")));
  assert.equal(page.status, 503);
  assert.equal(page.headers.get("retry-after"), "5");
  assert.match(await page.text(), /cannot reach its database/);
  const api = await send(chain, fail(new Away("x")), { path: "/api/v1/bills" });
  assert.equal(api.status, 503);
  assert.equal((await api.json()).error.code, "unavailable");
});

Deno.test("errors shows the message of an HttpError, escaped", async () => {
  const response = await send(chain, fail(new HttpError(409, "<b> was changed")));
  assert.equal(response.status, 409);
  assert.match(await response.text(), /&lt;b> was changed/);
});

Deno.test("errors hides what failed, shows the request id and logs the error", async () => {
  const lines: string[] = [];
  const log = createLogger((line) => lines.push(line), () => Temporal.Instant.fromEpochMilliseconds(0));
  const withLog = (ctx: { state: { log: unknown }; next(): Promise<Response> }) => {
    ctx.state.log = log;
    return ctx.next();
  };
  const response = await send([withLog, ...chain], fail(new Error("relation bills does not exist")));
  const body = await response.text();
  assert.equal(response.status, 500);
  assert.ok(!body.includes("relation"));
  assert.match(body, /Request r1/);
  assert.match(lines.join(), /request_failed/);
  assert.match(lines.join(), /relation bills does not exist/);
});

Deno.test("errors answers JSON with a code below /api", async () => {
  const response = await send(chain, fail(new HttpError(404, "Not here")), { path: "/api/x" });
  assert.deepEqual(await response.json(), {
    error: { code: "not_found", message: "This page does not exist.", requestId: "r1" },
  });
});
