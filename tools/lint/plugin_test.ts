import assert from "node:assert/strict";
import plugin from "./plugin.ts";

function lint(path: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, path, source).map((found) => found.id.replace("linya/", ""));
}

const FORBIDDEN: [path: string, source: string][] = [
  ["shared/money/add.ts", 'import { x } from "@/web/store/a.ts";'],
  ["shared/money/add.ts", 'import type { X } from "../../web/domain/a.ts";'],
  ["shared/log.ts", 'import { z } from "hono";'],
  ["web/domain/billing/a.ts", 'import { x } from "@/web/store/a.ts";'],
  ["web/domain/billing/a.ts", 'export { x } from "../../services/a.ts";'],
  ["web/store/a.ts", 'import { x } from "../services/a.ts";'],
  ["web/gateways/mail/a.ts", 'import { x } from "@/web/store/a.ts";'],
  ["web/services/a.ts", 'import { x } from "@/web/routes/a.ts";'],
  ["web/services/a.ts", 'const x = await import("@/web/routes/a.ts");'],
  ["web/routes/a.tsx", 'import { x } from "@/web/gateways/a.ts";'],
  ["web/routes/a.tsx", 'import { x } from "../main.ts";'],
  ["web/fresh/a.ts", 'import { x } from "@/shared/log.ts";'],
  ["web/islands/A.tsx", 'import { x } from "@/web/services/a.ts";'],
  ["web/islands/A.tsx", 'import { z } from "zod";'],
  ["web/components/A.tsx", 'import { x } from "@/web/store/a.ts";'],
  ["agent/link/a.ts", 'import { x } from "@/web/domain/a.ts";'],
  ["sim/routeros/a.ts", 'import { x } from "../../agent/a.ts";'],
];

const ALLOWED: [path: string, source: string][] = [
  ["shared/log.ts", 'import { z } from "zod"; import { x } from "./money/mod.ts";'],
  ["web/services/a.ts", 'import { x } from "@/web/store/a.ts"; import { sql } from "kysely";'],
  ["web/services/a.ts", 'import { job } from "@/web/jobs/a.ts";'],
  ["web/routes/a.tsx", 'import { page } from "fresh"; import { x } from "@/web/store/a.ts";'],
  ["web/islands/A.tsx", 'import { useState } from "preact/hooks";'],
  ["web/main.ts", 'import { x } from "../tools/stack/mod.ts"; import { y } from "./routes/a.ts";'],
  ["agent/link/a.ts", 'import { x } from "@/shared/log.ts"; import WebSocket from "ws";'],
  ["web/domain/a_test.ts", 'import { x } from "@/tests/support/a.ts";'],
  ["tests/e2e/a.ts", 'import { x } from "@/agent/main.ts";'],
];

for (const [path, source] of FORBIDDEN) {
  Deno.test(`boundaries refuses in ${path}: ${source}`, () =>
    assert.deepEqual(lint(path, source), ["boundaries"]));
}

for (const [path, source] of ALLOWED) {
  Deno.test(`boundaries allows in ${path}: ${source}`, () => assert.deepEqual(lint(path, source), []));
}

for (
  const source of [
    "export const a = await b();",
    "Deno.exit(1);",
    'fetch("http://a");',
    "export const a = Date.now();",
    "export const a = new Date();",
    "export const a = Math.random();",
    "export const a = Temporal.Now.instant();",
    "console.log(1);",
    "setTimeout(() => {}, 1);",
  ]
) {
  Deno.test(`pure-core refuses in shared and web/domain: ${source}`, () => {
    assert.deepEqual(lint("shared/a.ts", source), ["pure-core"]);
    assert.deepEqual(lint("web/domain/billing/a.ts", source), ["pure-core"]);
    assert.ok(!lint("web/services/a.ts", source).includes("pure-core"));
    assert.deepEqual(lint("shared/a_test.ts", source), []);
  });
}

Deno.test("pure-core allows dates that are given, and WebCrypto's await", () => {
  assert.deepEqual(lint("shared/a.ts", "export const a = new Date(0);"), []);
  assert.deepEqual(lint("shared/crypto/seal.ts", "export const a = await b();"), []);
});

Deno.test("no-env leaves the environment to the two configs and to tools", () => {
  const source = 'export const a = Deno.env.get("A");';
  for (const path of ["web/store/a.ts", "web/app/a.ts", "agent/link/a.ts", "sim/routeros/server.ts"]) {
    assert.deepEqual(lint(path, source), ["no-env"], path);
  }
  for (
    const path of ["web/config.ts", "agent/config.ts", "tools/a.ts", "tests/a.ts", "sim/routeros/main.ts"]
  ) {
    assert.deepEqual(lint(path, source), [], path);
  }
});

Deno.test("explicit-columns wants every query of the web to name its columns", () => {
  const bad = [
    'db.selectFrom("runs").selectAll();',
    'db.deleteFrom("runs").returningAll();',
    "sql`select * from runs`;",
    "sql`select r.id, s.* from runs r`;",
    "sql`insert into runs values (1) returning *`;",
  ];
  for (const source of bad) assert.deepEqual(lint("web/store/a.ts", source), ["explicit-columns"], source);
  const good = ["sql`select count(*), a * b from runs`;", "sql`select * from (select id from runs) r`;"];
  for (const source of good) assert.deepEqual(lint("web/store/a.ts", source), [], source);
  assert.deepEqual(lint("web/store/a_test.ts", bad[0]!), []);
  assert.deepEqual(lint("tests/a.ts", bad[2]!), []);
});

Deno.test("sql-in-store keeps SQL in the store", () => {
  const sources = [
    "sql`select 1`.execute(db);",
    "sql<Row>`select 1`.execute(db);",
    'db.selectFrom("runs").select("id");',
    'import pg from "pg";',
  ];
  for (const source of sources) {
    for (const path of ["web/jobs/a.ts", "web/routes/a.tsx", "web/start_web.ts", "agent/a.ts"]) {
      assert.deepEqual(lint(path, source), ["sql-in-store"], `${path}: ${source}`);
    }
    for (
      const path of ["web/store/db/a.ts", "web/jobs/a_test.ts", "tests/a.ts", "migrations/a.ts", "tools/a.ts"]
    ) {
      assert.deepEqual(lint(path, source), [], `${path}: ${source}`);
    }
  }
  assert.deepEqual(lint("web/services/a.ts", 'import type { Kysely } from "kysely";'), []);
});

Deno.test("no-console leaves the terminal to programs", () => {
  for (const path of ["web/services/a.ts", "agent/link/a.ts"]) {
    assert.deepEqual(lint(path, "console.log(1);"), ["no-console"], path);
  }
  for (const path of ["web/main.ts", "tools/a.ts", "sim/routeros/main.ts"]) {
    assert.deepEqual(lint(path, "console.log(1);"), [], path);
  }
});

Deno.test("error-text asks for the form Cannot <verb> <thing>: <state>", () => {
  for (
    const text of [
      '"Bad input"',
      '"Cannot read file."',
      '"Cannot read: it isn\'t there"',
      "`Bad ${a}`",
      "`Cannot ${a}.`",
    ]
  ) {
    assert.deepEqual(lint("web/services/a.ts", `throw new Error(${text});`), ["error-text"], text);
  }
  for (const text of ['"Cannot read file: it is gone"', "`Cannot read ${a}: gone`", "message"]) {
    assert.deepEqual(lint("web/services/a.ts", `throw new Error(${text});`), [], text);
  }
  assert.deepEqual(lint("web/services/a.ts", "throw new HttpError(404, text);"), []);
});

for (
  const [path, source] of [
    ["web/services/a.ts", 'err("gone", "It is gone");'],
    ["web/domain/a.ts", "err('gone', `It is ${x}`);"],
    ["web/app/a.ts", 'throw new HttpError(404, "Not here");'],
    ["web/routes/a.tsx", 'throw new HttpError(404, "Not " + here);'],
  ] as const
) {
  Deno.test(`coded-refusals refuses in ${path}: ${source}`, () =>
    assert.deepEqual(lint(path, source), ["coded-refusals"]));
}

for (
  const [path, source] of [
    ["web/services/a.ts", 'err("gone"); err("late", { day });'],
    ["web/app/a.ts", "throw new HttpError(shown.status, shown.message);"],
    ["web/fresh/a.ts", 'throw new HttpError(404, "Not found");'],
    ["web/services/a_test.ts", 'err("gone", "It is gone");'],
  ] as const
) Deno.test(`coded-refusals allows in ${path}: ${source}`, () => assert.deepEqual(lint(path, source), []));
