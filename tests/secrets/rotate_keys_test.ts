import assert from "node:assert/strict";
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import { uuidv7 } from "@/shared/ids.ts";
import { until } from "@/tests/support/until.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { describeRotation } from "@/tools/keys/rotate.ts";
import { loadMasterKeys, MasterKeys } from "@/web/gateways/master_key/mod.ts";
import { makeMasterKey } from "@/web/gateways/master_key/key_list.ts";
import { openMailServer } from "@/web/services/mail/open_mail_server.ts";
import { rotateKeys } from "@/web/services/secrets/rotate_keys.ts";
import { sealSecret } from "@/web/services/secrets/mod.ts";
import { upsertMailServer } from "@/web/store/mail/mail_servers.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { countKekUses } from "@/web/store/secrets/sealed_columns.ts";
import { insertTenant } from "@/web/store/settings/tenants.ts";

const AT = Temporal.Instant.from("2026-02-01T00:00:00Z");

/** What a company's login is, so that each is told from the others. */
const secretOf = (tenantId: string, what: string) => `canary-${what}-${tenantId}`;

async function addCompany(db: Kysely<Database>, keys: MasterKeys): Promise<string> {
  const tenantId = uuidv7(AT.epochMilliseconds);
  await withTenant(db, tenantId, async (trx) => {
    await insertTenant(trx, {
      slug: `isp-${tenantId.slice(-12)}`,
      name: "Ilaya Net",
      timeZone: "Asia/Manila",
    });
    const sealed = (column: string) =>
      sealSecret(trx, keys, { table: "mail_servers", column, rowId: tenantId }, secretOf(tenantId, column));
    await upsertMailServer(trx, {
      preset: "own",
      host: "mail.isp.example",
      port: 587,
      encryption: "starttls",
      auth: "oauth2",
      username: "billing@isp.example",
      password_sealed: await sealed("password_sealed"),
      oauth_client_secret_sealed: await sealed("oauth_client_secret_sealed"),
      oauth_refresh_token_sealed: await sealed("oauth_refresh_token_sealed"),
      from_name: "Ilaya Net",
      from_address: "billing@isp.example",
      revision: 1,
      saved_at: AT,
      saved_by: "Maria Santos",
    });
  });
  return tenantId;
}

async function assertAllOpen(
  db: Kysely<Database>,
  keys: MasterKeys,
  tenants: readonly string[],
): Promise<void> {
  for (const tenantId of tenants) {
    const opened = await withTenant(
      db,
      tenantId,
      (trx) => openMailServer(trx, { masterKeys: keys, reach: "anywhere" }),
    );
    assert.ok(opened?.server.login?.kind === "oauth2");
    assert.equal(opened.server.login.clientSecret, secretOf(tenantId, "oauth_client_secret_sealed"));
    assert.equal(opened.server.login.refreshToken, secretOf(tenantId, "oauth_refresh_token_sealed"));
  }
}

async function withCompanies(
  count: number,
  work: (scene: { database: TestDatabase; path: string; tenants: string[] }) => Promise<void>,
): Promise<void> {
  await using database = await createTestDatabase();
  const dir = await Deno.makeTempDir();
  try {
    const path = join(dir, "master_keys.json");
    const keys = await loadMasterKeys(path);
    const tenants: string[] = [];
    for (let n = 0; n < count; n++) tenants.push(await addCompany(database.db, keys));
    await work({ database, path, tenants });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("a rotation wraps everything anew and drops the old key; a node that runs meanwhile reads on", async () => {
  await withCompanies(3, async ({ database: { db }, path, tenants }) => {
    const node = await loadMasterKeys(path);
    const [old = ""] = node.ids;
    const rotation = await rotateKeys(db, await loadMasterKeys(path));
    assert.deepEqual(
      { ...rotation, kekId: "" },
      { kekId: "", isNew: true, tenants: 3, dataKeys: 3, secrets: 9, left: [], unneeded: [old], needed: [] },
    );
    assert.deepEqual((await loadMasterKeys(path)).ids, [rotation.kekId]);
    await assertAllOpen(db, node, tenants);
    const newcomer = await addCompany(db, node);
    await assertAllOpen(db, await loadMasterKeys(path), [...tenants, newcomer]);
  });
});

Deno.test("a rotation that stops at any step loses nothing, and the next one ends it", async () => {
  await withCompanies(3, async ({ database: { db }, path, tenants }) => {
    let steps = 0;
    await rotateKeys(db, await loadMasterKeys(path), { batchRows: 1, onStep: () => steps++ });
    for (let stopAt = 1; stopAt <= steps; stopAt++) {
      const node = await loadMasterKeys(path);
      let step = 0;
      await assert.rejects(
        rotateKeys(db, await loadMasterKeys(path), {
          batchRows: 1,
          onStep: () => {
            if (++step === stopAt) throw new Error("killed");
          },
        }),
        /killed/,
      );
      await assertAllOpen(db, node, tenants);
      await addCompany(db, node).then((tenantId) => tenants.push(tenantId));
      const { needed, left } = await rotateKeys(db, await loadMasterKeys(path));
      assert.deepEqual({ needed, left }, { needed: [], left: [] });
      const after = await loadMasterKeys(path);
      assert.equal(after.ids.length, 1);
      await assertAllOpen(db, after, tenants);
    }
  });
});

Deno.test("deno task keys:rotate killed five times while companies are added: every secret opens, one key is left", async () => {
  await withCompanies(30, async ({ database, path, tenants }) => {
    const node = await loadMasterKeys(path);
    const run = () =>
      new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--quiet",
          "--no-check",
          new URL("../../tools/keys/rotate.ts", import.meta.url).pathname,
        ],
        env: {
          DATABASE_URL: database.appUrl,
          DATABASE_OWNER_URL: database.ownerUrl,
          LINYA_MASTER_KEYS_FILE: path,
        },
        stdout: "piped",
        stderr: "piped",
      }).spawn();
    let kills = 0;
    for (let n = 0; n < 5; n++) {
      const child = run();
      let isOver = false;
      const ended = child.output().finally(() => isOver = true);
      // Killed when it has come to this company, each time a later one.
      const target = tenants[5 * n + 2] ?? "";
      await until(async () => {
        await node.reload();
        const uses = await withTenant(database.db, target, countKekUses);
        return isOver || node.ids.length > 1 && uses.some(({ kek_id }) => kek_id === node.ids[0]);
      }, { what: "the rotation under way", timeoutMs: 60_000 });
      tenants.push(await addCompany(database.db, node));
      if (!isOver) {
        child.kill("SIGKILL");
        kills++;
      }
      await ended;
      await assertAllOpen(database.db, await loadMasterKeys(path), tenants);
    }
    const last = await run().output();
    const said = new TextDecoder().decode(last.stdout);
    assert.equal(last.code, 0, said + new TextDecoder().decode(last.stderr));
    assert.doesNotMatch(said, /canary/);
    const after = await loadMasterKeys(path);
    assert.equal(after.ids.length, 1);
    await assertAllOpen(database.db, after, tenants);
    assert.ok(kills > 0);
  });
});

Deno.test("one secret that does not open is told and left, the others are wrapped anew, and its key stays in the file", async () => {
  await withCompanies(3, async ({ database: { db }, path, tenants }) => {
    const [odd = "", ...others] = tenants;
    const [old = ""] = (await loadMasterKeys(path)).ids;
    await withTenant(
      db,
      odd,
      (trx) =>
        sql`update mail_servers set password_sealed = regexp_replace(password_sealed, '^(v1\\.[a-z0-9]+)\\..', '\\1.!')
        where tenant_id = ${odd}`.execute(trx),
    );
    const rotation = await rotateKeys(db, await loadMasterKeys(path));
    assert.deepEqual(rotation.left, [`${odd} mail_servers.password_sealed ${odd}: damaged`]);
    assert.deepEqual([rotation.secrets, rotation.needed], [8, [old]]);
    assert.deepEqual((await loadMasterKeys(path)).ids, [rotation.kekId, old]);
    await assertAllOpen(db, await loadMasterKeys(path), others);
    const said = describeRotation(rotation, path).join("\n");
    assert.match(said, new RegExp(`Left as it is: ${odd} mail_servers.password_sealed`));
    assert.match(said, new RegExp(`Still needed: ${old}`));
  });
});

Deno.test("with keys of the environment the first one is taken, and the old one is named for taking out", async () => {
  await using database = await createTestDatabase();
  const [old, next] = [makeMasterKey(), makeMasterKey()];
  const tenantId = await addCompany(database.db, new MasterKeys([old]));
  const rotation = await rotateKeys(database.db, new MasterKeys([next, old]));
  assert.deepEqual([rotation.kekId, rotation.isNew, rotation.unneeded], [next.id, false, [old.id]]);
  assert.match(describeRotation(rotation, null).join("\n"), /take it out of LINYA_MASTER_KEYS/);
  await assertAllOpen(database.db, new MasterKeys([next]), [tenantId]);
});
