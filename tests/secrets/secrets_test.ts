import assert from "node:assert/strict";
import { sql } from "kysely";
import { randomBytes } from "@/shared/crypto/mod.ts";
import { createIsp, type Isp } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import { openSecret, type Place, sealSecret, SecretError } from "@/web/services/secrets/mod.ts";
import { SEALED_COLUMNS } from "@/web/store/secrets/sealed_columns.ts";

const CLEAR = "ñ-canary-Passw0rd ₱";

function newKeys(id = "k1"): MasterKeys {
  return new MasterKeys([{ id, key: randomBytes(32) }]);
}

function placeOf(isp: Isp): Place {
  return { table: "mail_servers", column: "password_sealed", rowId: isp.tenantId };
}

async function seal(isp: Isp, keys: MasterKeys, clear = CLEAR, place = placeOf(isp)): Promise<string> {
  return await isp.run((trx) => sealSecret(trx, keys, place, clear));
}

async function open(isp: Isp, keys: MasterKeys, sealed: string, place = placeOf(isp)): Promise<string> {
  return await isp.run((trx) => openSecret(trx, keys, place, sealed));
}

Deno.test("a secret opens where it was sealed and nowhere else", async () => {
  await using database = await createTestDatabase();
  const [isp, other] = [
    await createIsp(database, { subscribers: 1 }),
    await createIsp(database, { subscribers: 1 }),
  ];
  const keys = newKeys();
  const sealed = await seal(isp, keys);
  assert.equal(await open(isp, keys, sealed), CLEAR);
  assert.match(sealed, /^v1\.k1\.[\w-]{80}\.[\w-]{16}\.[\w-]+$/);
  assert.ok(!sealed.includes(CLEAR));
  assert.notEqual(await seal(isp, keys), sealed, "each with an IV of its own");
  const here = placeOf(isp);
  const elsewhere: Place[] = [
    { ...here, rowId: other.tenantId },
    { ...here, column: "oauth_refresh_token_sealed" },
    { ...here, table: "mail_texts" },
    { ...here, rowId: "" },
  ];
  for (const place of elsewhere) {
    await assert.rejects(open(isp, keys, sealed, place), { name: "SecretError", problem: "damaged" });
  }
  await seal(other, keys);
  await assert.rejects(open(other, keys, sealed, here), { name: "SecretError", problem: "damaged" });
});

Deno.test("a sealed text of which any character was changed does not open, and says nothing of what it holds", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const keys = newKeys();
  const sealed = await seal(isp, keys);
  for (let at = 0; at < sealed.length; at++) {
    // The last character of each part holds bits that are thrown away: a change of more than those.
    const changed = sealed.slice(0, at) + (sealed[at] === "A" ? "z" : "A") + sealed.slice(at + 1);
    const isLastOfPart = sealed[at + 1] === "." || at === sealed.length - 1;
    if (isLastOfPart) continue;
    await assert.rejects(open(isp, keys, changed), (error: unknown) => {
      assert.ok(error instanceof SecretError, `character ${at}`);
      assert.ok(!error.message.includes(CLEAR));
      return true;
    });
  }
  for (const text of ["", "v1", "v2.k1.a.b.c", `${sealed}.more`, CLEAR]) {
    await assert.rejects(open(isp, keys, text), { name: "SecretError" });
  }
});

Deno.test("with the master key lost a secret does not open, a new one can be sealed, and the old file brings the old one back", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const [lost, fresh] = [newKeys("old"), newKeys("new")];
  const sealed = await seal(isp, lost);
  await assert.rejects(open(isp, fresh, sealed), /master key "old" is not here, restore the file/);
  const again = await seal(isp, fresh, "typed again");
  assert.equal(await open(isp, fresh, again), "typed again");
  assert.equal(await open(isp, lost, sealed), CLEAR);
});

Deno.test("first secrets that are sealed at the same time share the tenant's one data key", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const keys = newKeys();
  const all = await Promise.all(Array.from({ length: 4 }, (_, n) => seal(isp, keys, `secret ${n}`)));
  for (const [n, sealed] of all.entries()) assert.equal(await open(isp, keys, sealed), `secret ${n}`);
  assert.equal(new Set(all.map((sealed) => sealed.split(".")[2])).size, 1);
});

Deno.test("SEALED_COLUMNS names every column of the schema that ends in _sealed", async () => {
  await using database = await createTestDatabase();
  const { rows } = await sql<{ name: string }>`select table_name || '.' || column_name as name
    from information_schema.columns where table_schema = 'public' and column_name like '%\\_sealed'
    order by 1`.execute(database.db);
  assert.deepEqual(
    rows.map(({ name }) => name),
    SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`).sort(),
  );
});
