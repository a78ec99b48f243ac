import assert from "node:assert/strict";
import { sql } from "kysely";
import { silentLogger } from "@/shared/log.ts";
import type { TestDatabase } from "@/tests/support/postgres.ts";
import { type BrokenInvariant, checkInvariants } from "@/web/store/billing/invariants.ts";
import { openDatabase } from "@/web/store/db/database.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { Isp } from "./isp.ts";

/** Rows that no program could write, with what has to be found. */
export interface BrokenRow {
  what: string;
  statements: readonly string[];
  name: string;
  detail: RegExp;
}

/** Checks of single rows would refuse some of it before the invariant could be asked. */
const WITHOUT_CHECKS = `do $$ declare one record; begin
  for one in select conrelid::regclass as t, conname from pg_constraint where contype = 'c'
    and conrelid in ('bills'::regclass, 'bill_lines'::regclass, 'allocations'::regclass,
      'credit_sources'::regclass, 'credit_memos'::regclass, 'refunds'::regclass, 'refund_shares'::regclass) loop
    execute format('alter table %s drop constraint %I', one.t, one.conname);
  end loop; end $$`;

class TakeBack extends Error {}

/** Breaks the books in each way, a step of the test each, and takes it back. */
export async function breakEach(
  t: Deno.TestContext,
  { database, isp, rows }: { database: TestDatabase; isp: Isp; rows: readonly BrokenRow[] },
): Promise<void> {
  const owner = openDatabase({ url: database.superuserUrl, maxConnections: 1, log: silentLogger });
  try {
    for (const { what, statements, name, detail } of rows) {
      await t.step(what, async () => {
        let found: BrokenInvariant[] = [];
        const broken = withTenant(owner.db, isp.tenantId, async (trx) => {
          // Without foreign keys and triggers: that is how a book breaks.
          for (
            const statement of ["set local session_replication_role = replica", WITHOUT_CHECKS, ...statements]
          ) {
            await sql.raw(statement).execute(trx);
          }
          found = await checkInvariants(trx);
          throw new TakeBack();
        });
        await assert.rejects(broken, TakeBack);
        assert.ok(
          found.some((one) => one.name === name && detail.test(one.detail)),
          `found ${found.map((one) => `${one.name} ${one.subject}: ${one.detail}`).join("\n")}`,
        );
      });
    }
  } finally {
    await owner.close();
  }
}
