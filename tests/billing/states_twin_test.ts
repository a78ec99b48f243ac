import assert from "node:assert/strict";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { type BillStatus, billStatus } from "@/web/domain/billing/mod.ts";
import {
  type BlockReason,
  type StoredSubscriptionStatus,
  subscriptionState,
} from "@/web/domain/network/mod.ts";
import { listSubscribers } from "@/web/store/subscribers/subscribers_page.ts";
import { createIsp, type Isp, todayOf } from "./isp.ts";

interface Case {
  status: StoredSubscriptionStatus;
  reasons: BlockReason[];
  /** Days from today. */
  holdUntil: number | null;
  bills: { dueIn: number; grace: number; paid: number; disputed?: number; status: "issued" | "void" }[];
}

const STATUSES: StoredSubscriptionStatus[] = ["pending", "active", "disconnected", "cancelled"];
const REASONS: BlockReason[][] = [
  [],
  ["nonpayment"],
  ["abuse"],
  ["vacation"],
  ["admin"],
  ["not_installed"],
  ["imported_disabled"],
  ["nonpayment", "not_installed"],
  ["admin", "nonpayment"],
];
const HOLDS = [null, -1, 0, 5];
const DUE = [-40, -6, -5, -1, 0, 1, 7];
const PAID = [0, 400, 1000];
/** From best to worst: a line shows the worst of its bills. */
const RANK: BillStatus[] = ["paid", "due", "partly_paid", "disputed", "grace", "overdue"];

Deno.test("the subscribers list shows the states that the rules give, for every combination of them", async () => {
  await using database = await createTestDatabase();
  const cases = makeCases();
  const isp = await createIsp(database, { subscribers: cases.length, start: "2026-05-20T10:00:00+08:00" });
  await seed(isp, cases);
  const today = todayOf(isp);
  const shown = await isp.run((trx) =>
    listSubscribers(trx, {}, { today, now: isp.clock.now() }, { limit: cases.length + 1 })
  );
  const rows = new Map(shown.rows.map((row) => [row.subscriptionId, row]));
  assert.equal(rows.size, cases.length);
  for (const [n, item] of cases.entries()) {
    const row = rows.get(isp.subscriptionIds[n]!)!;
    const expected = expectedOf(item, today);
    assert.deepEqual(
      [row.serviceState, row.billStatus, row.balanceCentavos],
      [expected.state, expected.bill, expected.balance],
      JSON.stringify(item),
    );
  }
  for (const state of new Set(cases.map((item) => expectedOf(item, today).state))) {
    await assertFilter(
      isp,
      { service: state },
      cases.filter((c) => expectedOf(c, today).state === state).length,
    );
  }
  for (const bill of RANK) {
    await assertFilter(isp, { bill }, cases.filter((c) => expectedOf(c, today).bill === bill).length);
  }
});

function makeCases(): Case[] {
  const cases: Case[] = [];
  for (const status of STATUSES) {
    for (const reasons of REASONS) {
      for (const holdUntil of HOLDS) cases.push({ status, reasons, holdUntil, bills: [] });
    }
  }
  const one = DUE.flatMap((dueIn) =>
    PAID.flatMap((paid) => [0, 5].map((grace) => ({ dueIn, grace, paid, status: "issued" as const })))
  );
  const base = { status: "active" as const, reasons: [], holdUntil: null };
  for (const [i, bill] of one.entries()) {
    cases.push({ ...base, bills: [bill] });
    for (const disputed of [600, 1000]) {
      cases.push({ ...base, bills: [{ ...bill, disputed }, { ...bill, dueIn: 7 }] });
    }
    cases.push({ ...base, bills: [bill, { ...bill, status: "void", paid: 0 }] });
    cases.push({ ...base, bills: [bill, one[(i * 7 + 3) % one.length]!] });
  }
  cases.push({ ...base, bills: [{ dueIn: -9, grace: 5, paid: 0, status: "void" }] });
  return cases;
}

async function seed(isp: Isp, cases: readonly Case[]): Promise<void> {
  const now = isp.clock.now();
  const today = todayOf(isp);
  const tenant_id = isp.tenantId;
  const id = () => uuidv7(now.epochMilliseconds);
  await isp.run(async (trx) => {
    let number = 0;
    for (const [n, { status, reasons, holdUntil, bills }] of cases.entries()) {
      const subscription_id = isp.subscriptionIds[n]!;
      await trx.updateTable("subscriptions").set({ status }).where("tenant_id", "=", tenant_id)
        .where("id", "=", subscription_id).execute();
      for (const reason of reasons) {
        await trx.insertInto("block_reasons").values({
          tenant_id,
          id: id(),
          subscription_id,
          reason,
          note: null,
          run_id: null,
          added_by: "Test",
          added_on: today,
          added_at: now,
        }).execute();
      }
      if (holdUntil !== null) {
        await trx.insertInto("holds").values({
          tenant_id,
          id: id(),
          subscription_id,
          until_on: today.add({ days: holdUntil }),
          reason: "Test",
          created_by: "Test",
          created_at: now,
        }).execute();
      }
      for (const [i, bill] of bills.entries()) {
        await trx.insertInto("bills").values({
          tenant_id,
          id: id(),
          subscriber_id: isp.subscriberIds[n]!,
          subscription_id,
          number: `T-${++number}`,
          status: bill.status,
          period_start: today.subtract({ months: 12 - i }),
          period_end: today.subtract({ months: 11 - i }),
          issued_on: today.subtract({ days: 60 }),
          due_on: today.add({ days: bill.dueIn }),
          grace_days: bill.grace,
          total_centavos: 1000n,
          paid_centavos: BigInt(bill.paid),
          disputed_centavos: BigInt(bill.disputed ?? 0),
          created_at: now,
        }).execute();
      }
    }
  });
}

function expectedOf(item: Case, today: Temporal.PlainDate) {
  const { status, reasons: blockReasons, holdUntil } = item;
  const live = item.bills.filter((bill) => bill.status === "issued");
  const states = live.map((bill) =>
    billStatus({
      status: bill.status,
      totalCentavos: centavos(1000),
      paidCentavos: centavos(bill.paid),
      disputedCentavos: centavos(bill.disputed ?? 0),
      dueOn: today.add({ days: bill.dueIn }),
      graceDays: bill.grace,
      today,
    })
  );
  const worst = states.sort((a, b) => RANK.indexOf(b) - RANK.indexOf(a))[0] ?? null;
  const hold = holdUntil === null ? null : today.add({ days: holdUntil });
  return {
    state: subscriptionState({ status, blockReasons, holdUntil: hold, today }),
    bill: worst,
    balance: live.reduce((sum, bill) => sum + 1000n - BigInt(bill.paid), 0n),
  };
}

async function assertFilter(
  isp: Isp,
  filter: Parameters<typeof listSubscribers>[1],
  count: number,
): Promise<void> {
  const moment = { today: todayOf(isp), now: isp.clock.now() };
  const { rows } = await isp.run((trx) => listSubscribers(trx, filter, moment, { limit: 1000 }));
  assert.equal(rows.length, count, JSON.stringify(filter));
}
