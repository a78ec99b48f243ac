import assert from "node:assert/strict";
import fc from "fast-check";
import { createIsp, liveUntil, pay } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { soaked } from "@/tests/support/soak.ts";
import { listBills } from "@/web/store/billing/bills_page.ts";
import type { Page, PageRequest } from "@/web/store/db/keyset.ts";
import { listPayments } from "@/web/store/payments/payments_page.ts";
import { listRunPage, listRunRows } from "@/web/store/billing/runs_page.ts";
import { listSubscribers } from "@/web/store/subscribers/subscribers_page.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

type Request = PageRequest & { sort?: string | undefined };
type Read = (trx: TenantTransaction, request: Request) => Promise<Page<string>>;

Deno.test("paging by any sort, in both directions and with ties, visits every row once and comes back", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 17 });
  await liveUntil(isp, "2026-03-02T10:00");
  // Few amounts, so that many rows are equal.
  for (let n = 0; n < 12; n++) await pay(isp, n, 100 * (n % 3 + 1));
  const moment = { today: Temporal.PlainDate.from("2026-03-02"), now: isp.clock.now() };
  const runId = (await isp.run((trx) => listRunPage(trx, { kind: "cut", withWork: true }, { limit: 1 })))
    .rows[0]?.id;
  assert.ok(runId !== undefined);
  const lists: Record<string, { sorts: string[]; read: Read }> = {
    subscribers: {
      sorts: ["name", "account", "balance", "due", "user", "plan", "site", "nonsense"],
      read: async (trx, request) =>
        idsOf(await listSubscribers(trx, {}, moment, request), (row) => row.subscriptionId),
    },
    bills: {
      sorts: ["issued", "number", "due", "total"],
      read: async (trx, request) => idsOf(await listBills(trx, {}, request), (row) => row.id),
    },
    payments: {
      sorts: ["recorded", "number", "received", "amount"],
      read: async (trx, request) => idsOf(await listPayments(trx, {}, request), (row) => row.id),
    },
    runs: {
      sorts: ["day", "changed", "amount"],
      read: async (trx, request) => idsOf(await listRunPage(trx, {}, request), (row) => row.id),
    },
    run_rows: {
      sorts: ["position", "name", "amount"],
      read: async (trx, request) =>
        idsOf(await listRunRows(trx, runId, {}, request), (row) => row.subscription_id),
    },
  };
  const cases = Object.entries(lists).flatMap(([list, { sorts }]) => sorts.map((sort) => ({ list, sort })));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...cases),
      fc.boolean(),
      fc.integer({ min: 1, max: 9 }),
      async ({ list, sort: name }, isDown, limit) => {
        const read = lists[list]!.read;
        const sort = isDown ? `-${name}` : name;
        await isp.run(async (trx) => {
          const whole = (await read(trx, { sort, limit: 1000 })).rows;
          const forward = await walk((after) => read(trx, { sort, limit, after }), "next");
          assert.deepEqual(forward.rows, whole, `${list} ${sort} by ${limit}`);
          const last = forward.lastPage;
          const backward = last.previous === null ? [] : (await walk(
            (before) => read(trx, { sort, limit, before: before ?? last.previous ?? undefined }),
            "previous",
          )).rows;
          assert.deepEqual([...backward, ...last.rows], whole, `${list} ${sort} back by ${limit}`);
        });
      },
    ),
    { numRuns: soaked(40, 2000) },
  );
});

function idsOf<Row>(page: Page<Row>, id: (row: Row) => string | null): Page<string> {
  return { ...page, rows: page.rows.map((row) => id(row) ?? "") };
}

/** Follows one direction to its end; the rows come in the order of the list. */
async function walk(read: (cursor: string | undefined) => Promise<Page<string>>, to: "next" | "previous") {
  let rows: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 500; pages++) {
    const page = await read(cursor);
    rows = to === "next" ? [...rows, ...page.rows] : [...page.rows, ...rows];
    const following = page[to];
    if (following === null) return { rows, lastPage: page };
    cursor = following;
  }
  throw new Error("Cannot walk the list: it has no end");
}
