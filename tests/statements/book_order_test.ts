import assert from "node:assert/strict";
import { sql } from "kysely";
import { centavos } from "@/shared/money/mod.ts";
import { type Isp, liveUntil, pay } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { playedIsp } from "@/tests/support/played.ts";
import { StatementPress } from "@/web/gateways/pdf/mod.ts";
import { PublicLinks } from "@/web/gateways/public_links/mod.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { voidMemo } from "@/web/services/payments/void_memo.ts";
import { readBillStatement } from "@/web/services/payments/read_statement.ts";
import { makeBillStatement } from "@/web/services/statements/make_statement.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import { findBalanceAfter, turnBookPlace } from "@/web/store/billing/ledger.ts";

const WHO = 1;
const parts = {
  press: new StatementPress(),
  links: new PublicLinks({ secret: new Uint8Array(32), publicUrl: "https://isp.example" }),
};

/** Ids of the bills, the oldest first. */
async function billsOf(isp: Isp): Promise<string[]> {
  const bills = await isp.run((trx) =>
    trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId)
      .where("subscriber_id", "=", isp.subscriberIds[WHO]!).orderBy("period_start").execute()
  );
  return bills.map(({ id }) => id);
}

async function bytesOf(isp: Isp, billId: string): Promise<Uint8Array> {
  const file = await isp.run((trx) => makeBillStatement(trx, parts, billId));
  return file!.bytes;
}

function giveMemo(isp: Isp, billId: string, key: string) {
  return issueMemo(isp.context, isp.tenantId, isp.actor, {
    subscriberId: isp.subscriberIds[WHO]!,
    kind: "goodwill",
    reason: "The line was slow",
    amountCentavos: centavos(10_000),
    billId,
    idempotencyKey: `memo-${key}`,
  });
}

/** That every entry is told by one statement, and that each opens with what the one before it closed with. */
async function assertChain(isp: Isp): Promise<void> {
  let closed = 0n;
  const told: string[] = [];
  for (const billId of await billsOf(isp)) {
    const view = await isp.run(async (trx) => readBillStatement(trx, (await findBill(trx, billId))!));
    assert.equal(view!.statement.openingCentavos, closed);
    closed = view!.statement.closingCentavos;
    told.push(...view!.statement.lines.map(({ row }) => row.id));
  }
  assert.equal(new Set(told).size, told.length, "an entry is told once");
  assert.ok(told.length >= 3, `${told.length} entries`);
}

Deno.test("the clock is set back after a bill: what is posted then changes no statement, and stands in the next one", async () => {
  await using past = await playedIsp({ subscribers: 3 }, "2026-03-01T00:30");
  const { isp } = past;
  const last = (await billsOf(isp)).at(-1)!;
  const given = assertOk(await giveMemo(isp, last, "before"));
  await pay(isp, WHO, 1900);
  await liveUntil(isp, "2026-04-01T00:30");
  const newest = (await billsOf(isp)).at(-1)!;
  assert.notEqual(newest, last);
  const before = [await bytesOf(isp, last), await bytesOf(isp, newest)];
  isp.clock.advance({ hours: -1 });
  const assertSame = async () =>
    assert.deepEqual([await bytesOf(isp, last), await bytesOf(isp, newest)], before);
  await pay(isp, WHO, 400);
  await assertSame();
  assertOk(await giveMemo(isp, newest, "after"));
  await assertSame();
  assertOk(
    await voidMemo(isp.context, isp.tenantId, isp.actor, { memoId: given.memoId, reason: "By mistake" }),
  );
  await assertSame();
  await liveUntil(isp, "2026-05-01T00:30");
  await assertSame();
  await assertChain(isp);
});

Deno.test("an older bill that is voided by a clock that was set back stands in the newer one's statement as before", async () => {
  await using past = await playedIsp({ subscribers: 3 }, "2026-03-01T00:30");
  const { isp } = past;
  const [older, last] = await billsOf(isp);
  const before = await bytesOf(isp, last!);
  isp.clock.advance({ hours: -1 });
  assertOk(await voidBill(isp.context, isp.tenantId, isp.actor, { billId: older!, reason: "Wrong" }));
  assert.deepEqual(await bytesOf(isp, last!), before);
});

Deno.test("a payment that began before the bill, or by a clock that is behind, and was written after it, is behind it", async () => {
  await using past = await playedIsp({ subscribers: 3 }, "2026-03-01T00:30");
  const { isp } = past;
  const last = (await billsOf(isp)).at(-1)!;
  const before = await bytesOf(isp, last);
  const issuedAt = await isp.run(async (trx) => (await findBill(trx, last))!.created_at);
  const behind = { now: () => issuedAt.subtract({ milliseconds: 1 }) };
  const paid = await pay({ ...isp, context: { ...isp.context, clock: behind } }, WHO, 400);
  assert.deepEqual(await bytesOf(isp, last), before);
  const left = await isp.run((trx) =>
    findBalanceAfter(trx, { id: paid.paymentId, subscriber_id: isp.subscriberIds[WHO]! })
  );
  assert.equal(left, 160_000n, "its receipt counts both bills: 2,000 less 400");
  await pay(isp, WHO, 1600);
  await liveUntil(isp, "2026-04-01T00:30");
  await assertChain(isp);
});

Deno.test("a transaction has one place in the books, taken with its first posting; behind a later lock it takes another", async () => {
  await using past = await playedIsp({ subscribers: 3 }, "2026-03-01T00:30");
  const { isp } = past;
  const [first, same, after] = await isp.run(async (trx) => {
    const place = async () => {
      const { rows } = await sql<{ place: bigint }>`select book_place() as place`.execute(trx);
      return rows[0]!.place;
    };
    const before = [await place(), await place()];
    await turnBookPlace(trx);
    return [...before, await place()];
  });
  assert.equal(first, same);
  assert.ok(after! > same!);
  const { rows } = await isp.run((trx) => sql<{ place: bigint }>`select book_place() as place`.execute(trx));
  assert.ok(rows[0]!.place > after!, "no number is left to the next transaction of a connection");
});
