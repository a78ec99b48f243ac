import assert from "node:assert/strict";
import { readConfig } from "./config.ts";

Deno.test("readConfig needs nothing and derives the rest from the port", () => {
  const config = readConfig([], {});
  assert.equal(config.port, 8400);
  assert.equal(config.agentPort, 8401);
  assert.equal(config.publicUrl, "http://127.0.0.1:8400");
  assert.equal(config.agentUrl, "http://127.0.0.1:8401");
  assert.equal(config.databaseUrl, null);
});

Deno.test("readConfig lets flags win over the environment", () => {
  const config = readConfig(["--port=9000", "--data", "/srv/linya"], { PORT: "8000", LINYA_DATA: "x" });
  assert.equal(config.port, 9000);
  assert.equal(config.dataDir, "/srv/linya");
});

Deno.test("readConfig names what is wrong", () => {
  assert.throws(() => readConfig([], { PORT: "many" }), /PORT/);
  assert.throws(() => readConfig(["--verbose"], {}), /unknown option "--verbose"/);
  assert.throws(() => readConfig(["--port"], {}), /lacks its value/);
  assert.throws(() => readConfig([], { DATABASE_URL: "postgres://x" }), /DATABASE_OWNER_URL/);
});
