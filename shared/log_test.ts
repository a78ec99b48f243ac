import assert from "node:assert/strict";
import { createLogger, silentLogger } from "./log.ts";

const AT = Temporal.Instant.from("2026-03-01T00:00:00Z");

function collect(): { lines: string[]; log: ReturnType<typeof createLogger> } {
  const lines: string[] = [];
  return { lines, log: createLogger((line) => lines.push(line), () => AT) };
}

Deno.test("createLogger writes one JSON object a line with time, level and event", () => {
  const { lines, log } = collect();
  log.child({ tenant: "t1" }).warn("router_unreachable", { tries: 3, owed: 12n });
  assert.deepEqual(JSON.parse(lines[0] ?? ""), {
    tenant: "t1",
    tries: 3,
    owed: "12",
    at: "2026-03-01T00:00:00.000Z",
    level: "warn",
    event: "router_unreachable",
  });
});

Deno.test("createLogger never writes the value of a secret key, at any depth", () => {
  const { lines, log } = collect();
  const leak = "hunter2";
  log.info("x", {
    password: leak,
    routerPassword: leak,
    password_hash: leak,
    accessToken: leak,
    set_up_code: leak,
    Authorization: leak,
    code: leak,
    sealed: leak,
    "set-cookie": leak,
    nested: [{ response: leak, client_secret: leak }],
  });
  log.child({ token: leak }).error("y", { error: new Error("refused", { cause: { secret: leak } }) });
  assert.equal(lines.join("\n").includes(leak), false);
});

Deno.test("createLogger keeps what only looks like a secret", () => {
  const { lines, log } = collect();
  log.info("x", { error_code: "not_found", secrets: 300, secret_name: "juan" });
  assert.match(lines[0] ?? "", /not_found.*300.*juan/);
});

Deno.test("createLogger cannot be made to start a second line", () => {
  const { lines, log } = collect();
  log.info("x", { name: 'a\r\nb\u2028c\u0085d{"level":"error"}' });
  assert.equal(/[\r\n\u2028\u0085]/.test(lines[0] ?? ""), false);
  assert.equal(JSON.parse(lines[0] ?? "").name.length, 'a\r\nb\u2028c\u0085d{"level":"error"}'.length);
});

Deno.test("createLogger survives cycles, deep values and bytes", () => {
  const { lines, log } = collect();
  const loop: Record<string, unknown> = { bytes: new Uint8Array(3) };
  loop.self = loop;
  log.info("x", loop);
  assert.match(lines[0] ?? "", /circular/);
  assert.match(lines[0] ?? "", /3 bytes/);
  silentLogger.child({}).error("nothing");
});
