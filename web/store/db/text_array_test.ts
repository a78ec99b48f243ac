import assert from "node:assert/strict";
import { sql } from "kysely";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { textArray } from "./text_array.ts";

Deno.test("textArray comes back from the database as it was, whatever stands in it", async () => {
  await using database = await createTestDatabase();
  const texts = [
    "plain",
    "",
    "null",
    "NULL",
    'a "b" c',
    "back\\slash",
    "{1,2}",
    "x,y",
    " edge ",
    "ñ ₱ \u{1F600}",
    "a\nb",
    null,
  ];
  const { rows } = await sql<{ texts: unknown }>`select ${textArray(texts)}::text[] as texts`.execute(
    database.db,
  );
  assert.deepEqual(rows[0]?.texts, texts);
});

Deno.test("textArray carries numbers, dates and truths", async () => {
  await using database = await createTestDatabase();
  const day = Temporal.PlainDate.from("2026-03-14");
  const { rows } = await sql<{ n: unknown; d: unknown; b: unknown }>`
    select ${textArray([1n, null, -20n])}::bigint[] as n, ${textArray([day, null])}::date[] as d,
      ${textArray([true, false, null])}::boolean[] as b`.execute(database.db);
  assert.deepEqual(rows[0], { n: [1n, null, -20n], d: [day, null], b: [true, false, null] });
});
