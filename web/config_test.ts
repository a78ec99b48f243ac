import assert from "node:assert/strict";
import { configWarnings, readConfig } from "./config.ts";

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

Deno.test("readConfig refuses an owner's address without the app's, instead of starting another database", () => {
  assert.throws(() => readConfig([], { DATABASE_OWNER_URL: "postgres://x" }), /DATABASE_URL/);
});

Deno.test("readConfig refuses addresses of another kind without showing the password in them", () => {
  const secret = "canary";
  const wrong = [
    { DATABASE_URL: `mysql://u:${secret}@x/d`, DATABASE_OWNER_URL: "postgres://x" },
    { DATABASE_URL: `user:${secret}`, DATABASE_OWNER_URL: "postgres://x" },
    { PUBLIC_URL: "ftp://isp.example" },
    { PUBLIC_URL: "https://isp.example/admin" },
    { AGENT_URL: "javascript:alert(1)" },
  ];
  for (const env of wrong) {
    assert.throws(() => readConfig([], env), (error: Error) => {
      assert.match(error.message, new RegExp(Object.keys(env)[0] ?? ""));
      assert.ok(!error.message.includes(secret));
      return true;
    });
  }
});

Deno.test("readConfig refuses a port that leaves none for the agents", () => {
  assert.throws(() => readConfig([], { PORT: "65535" }), /AGENT_PORT/);
  assert.throws(() => readConfig([], { PORT: "8400", AGENT_PORT: "8400" }), /AGENT_PORT/);
});

Deno.test("readConfig refuses half of the demo's settings", () => {
  assert.throws(() => readConfig([], { LINYA_DEMO_CONTROL: "http://127.0.0.1:1" }), /LINYA_DEMO_TOKEN/);
});

Deno.test("an https address without a trusted proxy is warned about, in words that say what to do", () => {
  const warningsOf = (env: Record<string, string>) => configWarnings(readConfig([], env));
  assert.match(warningsOf({ PUBLIC_URL: "https://isp.example" }).join(), /TRUST_PROXY=true/);
  assert.deepEqual(warningsOf({ PUBLIC_URL: "https://isp.example", TRUST_PROXY: "true" }), []);
  assert.deepEqual(warningsOf({ PUBLIC_URL: "http://isp.example" }), []);
  assert.deepEqual(warningsOf({}), []);
});

Deno.test("readConfig takes host names with commas between them, and nothing else", () => {
  const hosts = (ALLOWED_HOSTS: string) => readConfig([], { ALLOWED_HOSTS }).allowedHosts;
  assert.deepEqual(hosts("isp.example, 10.0.0.9,[fd00::1],"), ["isp.example", "10.0.0.9", "[fd00::1]"]);
  assert.deepEqual(readConfig([], {}).allowedHosts, []);
  for (const wrong of ["https://isp.example", "isp.example:80", "*", "a b"]) {
    assert.throws(() => hosts(wrong), /ALLOWED_HOSTS/);
  }
});

Deno.test("readConfig takes master keys from one place, and says what is wrong with them without showing them", () => {
  const key = btoa("0123456789abcdef0123456789abcdef");
  const { masterKeys } = readConfig([], { LINYA_MASTER_KEYS: `new:${key}, old:${key}` });
  assert.deepEqual(masterKeys?.map(({ id, key }) => [id, key.length]), [["new", 32], ["old", 32]]);
  const none = readConfig([], { LINYA_DATA: "/srv/linya" });
  assert.deepEqual([none.masterKeys, none.masterKeysFile], [null, "/srv/linya/master_keys.json"]);
  const wrong = [
    "canary",
    "k1:canary",
    `K1:${key}`,
    `k1:${key},k1:${key}`,
    `k1:${key},`.repeat(2),
    `:${key}`,
    ",",
  ];
  for (const text of wrong) {
    assert.throws(() => readConfig([], { LINYA_MASTER_KEYS: text }), (error: Error) => {
      assert.match(error.message, /LINYA_MASTER_KEYS/);
      assert.ok(!error.message.includes("canary") && !error.message.includes(key));
      return true;
    });
  }
  assert.throws(
    () => readConfig([], { LINYA_MASTER_KEYS: `k1:${key}`, LINYA_MASTER_KEYS_FILE: "/x" }),
    /set one of them/,
  );
});
