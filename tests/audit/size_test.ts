import assert from "node:assert/strict";
import { sql } from "kysely";
import { createIsp } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import {
  type AuditFilter,
  countAuditEntries,
  listAuditLog,
  listAuditValues,
  SEARCHED_ENTRIES,
} from "@/web/store/access/audit_page.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { insertManyEntries } from "./many_entries.ts";

const ROWS = 100_000;
const SUBSCRIBERS = 500;
const PAGE = { limit: 50 };
/** Counts stop at ten thousand. */
const COUNTED = 22_000;

/** Rows of the log that the work of a transaction has read, and how often it read the log from end to end. */
async function readBy(
  trx: TenantTransaction,
  work: () => Promise<unknown>,
): Promise<{ whole: number; rows: number }> {
  const look = async () => {
    const { rows } = await sql<{ whole: number; rows: number }>`
      select coalesce(seq_scan, 0)::int as whole, (coalesce(idx_tup_fetch, 0) + coalesce(seq_tup_read, 0))::int as rows
      from pg_stat_xact_user_tables where relname = 'audit_entries'`.execute(trx);
    return rows[0] ?? { whole: 0, rows: 0 };
  };
  const before = await look();
  await work();
  const after = await look();
  return { whole: after.whole - before.whole, rows: after.rows - before.rows };
}

Deno.test(`a page of the audit log reads about as many of ${ROWS} entries as it shows, whatever it is narrowed to`, async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: SUBSCRIBERS });
  await insertManyEntries(database, isp, ROWS);
  const since = Temporal.Instant.from("2025-06-01T00:00:00+08:00");
  const subscriberId = isp.subscriberIds[7]!;
  const filters: [AuditFilter, number][] = [
    [{}, 200],
    [{ actor: "Person 3" }, 200],
    [{ actor: "Rare" }, 200],
    [{ actor: "Nobody" }, 200],
    [{ kind: "plan" }, 200],
    [{ kind: "payment" }, 200],
    [{ action: "plan.updated" }, 200],
    [{ action: "none.such" }, 200],
    [{ subscriberId }, 600],
    [{ since, until: since.add({ hours: 24 }) }, 200],
    [{ kind: "payment", since, until: since.add({ hours: 24 }) }, 700],
    [{ search: { text: "c4ca4238a0b9", codes: [] } }, SEARCHED_ENTRIES + 400],
  ];
  await isp.run(async (trx) => {
    for (const [filter, most] of filters) {
      const what = JSON.stringify(filter);
      const read = await readBy(trx, () => listAuditLog(trx, filter, PAGE));
      assert.ok(read.whole === 0 && read.rows <= most, `${what}: ${JSON.stringify(read)}`);
      const counted = await readBy(trx, () => countAuditEntries(trx, filter));
      assert.ok(counted.rows <= COUNTED, `count ${what}: ${JSON.stringify(counted)}`);
    }
    let after: string | undefined;
    for (let page = 0; page < 5; page++) {
      const read = await readBy(trx, async () => {
        after = (await listAuditLog(trx, {}, { limit: 200, ...(after === undefined ? {} : { after }) }))
          .next!;
      });
      assert.ok(read.whole === 0 && read.rows <= 600, `page ${page}: ${JSON.stringify(read)}`);
    }
    for (const [column, count] of [["actor", 21], ["subject_kind", 2], ["action", 2]] as const) {
      let values: string[] = [];
      const read = await readBy(trx, async () => void (values = await listAuditValues(trx, column)));
      assert.equal(values.length, count);
      assert.ok(read.whole === 0 && read.rows <= 100, `${column}: ${JSON.stringify(read)}`);
    }
  });
});
