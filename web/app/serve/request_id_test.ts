import assert from "node:assert/strict";
import { createLogger } from "@/shared/log.ts";
import { send } from "@/web/app/_test_app.ts";
import { requestId } from "./request_id.ts";

Deno.test("requestId marks the answer and the log lines of one request with one id of ours", async () => {
  const lines: string[] = [];
  const log = createLogger((line) => lines.push(line), () => Temporal.Instant.fromEpochMilliseconds(0));
  const response = await send([requestId({ log })], (ctx) => {
    ctx.state.log.info("seen");
    return ctx.text(ctx.state.requestId);
  }, { headers: { "x-request-id": "forged" } });
  const id = response.headers.get("x-request-id") ?? "";
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.equal(await response.text(), id);
  assert.equal(JSON.parse(lines[0] ?? "{}").request_id, id);
});
