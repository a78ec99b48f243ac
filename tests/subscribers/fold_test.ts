import assert from "node:assert/strict";
import fc from "fast-check";
import pg from "pg";
import { fold, sortKey } from "@/shared/text/mod.ts";
import { createIsp } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { silentLogger } from "@/shared/log.ts";
import { migrate } from "@/web/store/db/migrate.ts";

/** What the database makes of texts, and its own order of them. */
async function inDatabase(
  url: string,
  texts: readonly string[],
): Promise<{ folded: string; sorted: string }[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select fold_text(t) as folded, sort_text(t) as sorted
       from unnest($1::text[]) with ordinality as u(t, at) order by at`,
      [texts],
    );
    return rows;
  } finally {
    await client.end();
  }
}

/** Names and texts as people type them, and anything else that a database stores. */
const typed = fc.oneof(
  fc.array(
    fc.constantFrom(
      ..."aZñÑéÉüçøŁßÆœĐþıİςΣЙй'’‘`´ʼ-–—−.,_% \t\u00a0\u200d\u00ad\u0303\u0301nN(₱½ﬁ2026".split(""),
      "👩‍👩‍👧‍👦",
      // Letters that a router holds in a code page: ñ, Ñ, €, an apostrophe, a dash, a NUL.
      ..."\ueff1\uefd1\uef80\uef92\uef97\uef8c\uefdf\uef81\uef00".split(""),
    ),
    { maxLength: 25 },
  ).map((letters) => letters.join("")),
  fc.string({ unit: "binary", maxLength: 25 }).map((text) => text.replaceAll("\0", "").toWellFormed()),
);

Deno.test("the database and the web fold and sort a text alike", async () => {
  await using database = await createTestDatabase();
  const texts = fc.sample(typed, { numRuns: 20_000, seed: 7 });
  const found = await inDatabase(database.appUrl, texts);
  for (const [i, text] of texts.entries()) {
    assert.deepEqual(
      [found[i]?.folded, found[i]?.sorted],
      [fold(text), sortKey(text)],
      JSON.stringify(text),
    );
  }
});

Deno.test("every letter of the first plane is folded alike by both", async () => {
  await using database = await createTestDatabase();
  const letters: string[] = [];
  for (let code = 1; code < 0x10000; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    // A letter that one of both does not know yet has nothing to fold.
    if (/\p{Cn}/u.test(String.fromCodePoint(code))) continue;
    letters.push(`a${String.fromCodePoint(code)}b`);
  }
  const found = await inDatabase(database.appUrl, letters);
  const differing = letters.filter((letter, i) =>
    found[i]?.folded !== fold(letter) || found[i]?.sorted !== sortKey(letter)
  );
  assert.deepEqual(differing, []);
});

Deno.test("what changed while the letters of a code page were not known is found by them afterwards", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  const bytes = "ni\ueff1o";
  await migrate(database.ownerUrl, { to: "0054" }, silentLogger);
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    const [first, second] = isp.subscriberIds;
    await client.query("update subscribers set name = $1 where id = $2", [bytes, first]);
    await client.query("update subscriptions set ppp_name = $1 where subscriber_id = $2", [bytes, first]);
    const other = "select xmin::text as version from subscribers where id = $1";
    const before = await client.query(other, [second]);
    await migrate(database.ownerUrl, {}, silentLogger);
    const { rows } = await client.query(
      `select s.name_folded, s.name_sort, c.ppp_name_folded from subscribers s
       join subscriptions c on c.subscriber_id = s.id where s.id = $1`,
      [first],
    );
    assert.deepEqual(rows, [{ name_folded: "nino", name_sort: sortKey(bytes), ppp_name_folded: "nino" }]);
    assert.deepEqual((await client.query(other, [second])).rows, before.rows, "no other row is written");
  } finally {
    await client.end();
  }
});
