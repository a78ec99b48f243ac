import assert from "node:assert/strict";
import { type Kysely, sql } from "kysely";
import pg from "pg";
import { findRecords } from "@/web/store/subscribers/find.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { insertTenant } from "@/web/store/settings/tenants.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";

const NAMES = ["100% Fiber Café", "a_b", "axb", "back\\slash", "O'Brien", "Ñandú"];

async function addTenant(db: Kysely<Database>, slug: string): Promise<string> {
  const tenantId = crypto.randomUUID();
  await withTenant(db, tenantId, async (trx) => {
    await insertTenant(trx, { slug, name: slug, timeZone: "Asia/Manila" });
    for (const [i, name] of NAMES.entries()) {
      const id = crypto.randomUUID();
      await trx.insertInto("subscribers")
        .values({ tenant_id: tenantId, id, account_number: `${slug}-${i}`, name, address: `${slug} street` })
        .execute();
    }
  });
  return tenantId;
}

/** Names that a search finds, in its order. */
async function search(
  db: Kysely<Database>,
  tenantId: string | null,
  words: string,
  most = 100,
): Promise<string[]> {
  const statement = sql<{ subscriber_id: string }>`
    select subscriber_id from search_subscriber_ids(${words}, ${most})`;
  if (tenantId === null) return (await statement.execute(db)).rows.map((row) => row.subscriber_id);
  return await withTenant(db, tenantId, async (trx) => {
    const names: string[] = [];
    for (const { subscriber_id } of (await statement.execute(trx)).rows) {
      const row = await trx.selectFrom("subscribers").select("name").where("id", "=", subscriber_id)
        .executeTakeFirstOrThrow();
      names.push(row.name);
    }
    return names;
  });
}

Deno.test("the search takes percent sign, underscore and backslash as they are typed", async () => {
  await using database = await createTestDatabase();
  const { db } = database;
  const ours = await addTenant(db, "ours");
  const found: Record<string, string[]> = {
    "%": ["100% Fiber Café"],
    "_": ["a_b"],
    "a_b": ["a_b"],
    "\\": ["back\\slash"],
    "k\\s": ["back\\slash"],
    "O'B": ["O'Brien"],
    "ñAND": ["Ñandú"],
    "CAFÉ": ["100% Fiber Café"],
    "%%": [],
    "' or true --": [],
  };
  for (const [words, names] of Object.entries(found)) {
    assert.deepEqual(await search(db, ours, words), names, words);
  }
});

Deno.test("the search finds rows of the transaction's tenant only, and none without a tenant", async () => {
  await using database = await createTestDatabase();
  const { db } = database;
  const ours = await addTenant(db, "ours");
  await addTenant(db, "theirs");
  assert.equal((await search(db, ours, "street")).length, NAMES.length);
  assert.deepEqual(await search(db, ours, "theirs"), []);
  assert.deepEqual(await search(db, null, "street"), []);
  assert.equal((await search(db, ours, "", 2)).length, 2);
});

Deno.test("people are found by barangay and city, also where both are typed", async () => {
  await using database = await createTestDatabase();
  const { db } = database;
  const ours = await addTenant(db, "ours");
  await withTenant(db, ours, async (trx) => {
    await trx.updateTable("subscribers").set({ barangay: "San Roque", city: "Antipolo" })
      .where("name", "=", "a_b").execute();
    await trx.updateTable("subscribers").set({ city: "Antipolo" }).where("name", "=", "axb").execute();
  });
  assert.deepEqual(await search(db, ours, "san roq"), ["a_b"]);
  assert.deepEqual(await search(db, ours, "roque antip"), ["a_b"]);
  assert.deepEqual(await search(db, ours, "TIPOLO"), ["a_b", "axb"]);
  const [found] = await withTenant(db, ours, (trx) => findRecords(trx, "roque antipolo", ["subscriber"]));
  assert.match(found?.note ?? "", /San Roque, Antipolo$/, "the place says why somebody was found");
  const [plain] = await withTenant(db, ours, (trx) => findRecords(trx, "a_b", ["subscriber"]));
  assert.doesNotMatch(plain?.note ?? "", /Antipolo/);
});

Deno.test("the search is answered by the trigram indexes of its stored columns", async () => {
  await using database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    await client.query("set enable_seqscan = off");
    for (
      const [table, column, index] of [
        ["subscribers", "words_folded", "subscribers_words"],
        ["subscriptions", "ppp_name_folded", "subscriptions_ppp_trigrams"],
      ]
    ) {
      const { rows } = await client.query(
        `explain select id from public.${table} where ${column} like '%antipolo%'`,
      );
      assert.match(JSON.stringify(rows), new RegExp(index!));
    }
  } finally {
    await client.end();
  }
});

Deno.test("people are found however an accent, an apostrophe or a dash is typed and encoded", async () => {
  await using database = await createTestDatabase();
  const { db } = database;
  const ours = await addTenant(db, "ours");
  const people = [
    "Begoña Peña",
    "Jose\u0301 N\u0303ora",
    "Liam O’Rourke",
    "Ana Santos–Reyes",
    "Ma. Teresa Sy",
  ];
  await withTenant(db, ours, async (trx) => {
    for (const [i, name] of people.entries()) {
      await trx.insertInto("subscribers")
        .values({ tenant_id: ours, id: crypto.randomUUID(), account_number: `P-${i}`, name }).execute();
    }
  });
  const typed: Record<string, string> = {
    pena: people[0]!,
    "PEÑA": people[0]!,
    "pen\u0303a": people[0]!,
    begona: people[0]!,
    "goña pe": people[0]!,
    jose: people[1]!,
    "josé ñora": people[1]!,
    "O'Rourke": people[2]!,
    orourke: people[2]!,
    "o`rourke": people[2]!,
    "santos reyes": people[3]!,
    "Santos-Reyes": people[3]!,
    "ma teresa": people[4]!,
    "Ma. Te": people[4]!,
  };
  for (const [words, name] of Object.entries(typed)) {
    assert.deepEqual(await search(db, ours, words), [name], words);
    const found = await withTenant(db, ours, (trx) => findRecords(trx, words, ["subscriber"]));
    assert.deepEqual(found.map((row) => row.title), [name], words);
  }
  // A beginning of two letters is a range on the stored column.
  assert.deepEqual(
    (await withTenant(db, ours, (trx) => findRecords(trx, "ño", ["subscriber"]))).map((row) => row.title),
    [],
  );
  assert.deepEqual(
    (await withTenant(db, ours, (trx) => findRecords(trx, "JÓ", ["subscriber"]))).map((row) => row.title),
    [people[1]],
  );
  for (const words of ["'", "-", "\u0301"]) assert.deepEqual(await search(db, ours, words), [], words);
});
