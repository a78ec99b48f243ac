import assert from "node:assert/strict";
import { assertBooksHold, createIsp, type Isp, liveUntil, offNow, pay } from "@/tests/billing/isp.ts";
import { buy, createPrepaidIsp, UNITS } from "@/tests/billing/prepaid_isp.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { cancelModeChange, changeMode, type ModeRequest } from "@/web/services/billing/change_mode.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { replacePrepaidUnits } from "@/web/store/billing/prepaid.ts";

const change = (isp: Isp, n: number, to: ModeRequest["to"], when: ModeRequest["when"] = "today") =>
  changeMode(isp.context, isp.tenantId, isp.actor, { subscriptionId: isp.subscriptionIds[n]!, to, when });

/** Charged days of a connection: first, end, what became of them. */
const periods = (isp: Isp, n = 0) =>
  isp.run(async (trx) => {
    const rows = await trx.selectFrom("charged_periods as p").leftJoin(
      "bills as b",
      (on) => on.onRef("b.tenant_id", "=", "p.tenant_id").onRef("b.id", "=", "p.bill_id"),
    ).select(["p.period_start", "p.period_end", "p.why", "b.kind", "b.total_centavos"])
      .where("p.tenant_id", "=", isp.tenantId).where("p.subscription_id", "=", isp.subscriptionIds[n]!)
      .orderBy("p.period_start").execute();
    return rows.map((row) =>
      `${row.period_start} ${row.period_end} ${row.why ?? `${row.kind} ${Number(row.total_centavos) / 100}`}`
    );
  });

const mode = (isp: Isp, n = 0) =>
  isp.run((trx) =>
    trx.selectFrom("subscriptions").select(["billing_mode", "next_bill_on"]).where(
      "tenant_id",
      "=",
      isp.tenantId,
    )
      .where("id", "=", isp.subscriptionIds[n]!).executeTakeFirstOrThrow()
  );

async function bothWays(start = "2026-01-20T08:00:00+08:00") {
  const database = await createTestDatabase();
  const isp = await createIsp(database, { start, subscribers: 2 });
  await isp.run((trx) => replacePrepaidUnits(trx, isp.planId, UNITS));
  return { isp, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
}

Deno.test("made prepaid today: used days come on a last bill, from then on days are bought, and the run cuts", async () => {
  await using world = await bothWays();
  const { isp } = world;
  await liveUntil(isp, "2026-01-25T08:00");
  assertOk(await change(isp, 0, "prepaid"));
  assert.deepEqual(await periods(isp), ["2026-01-20 2026-01-25 final 161.29"]);
  assert.deepEqual(await offNow(isp), [], "only the run cuts");
  const bought = assertOk(await buy(isp, 0, { count: 1, pesos: 34 }));
  assert.equal(bought.fromOn.toString(), "2026-01-25");
  await liveUntil(isp, "2026-01-26T10:00");
  assert.deepEqual(await offNow(isp), [0]);
  await liveUntil(isp, "2026-02-02T10:00");
  assert.equal((await periods(isp)).length, 2, "no bill of February");
  assert.equal((await mode(isp)).next_bill_on, null);
  assert.equal((await periods(isp, 1)).length, 1, "the other has its bill");
  await assertBooksHold(isp);
});

Deno.test("made prepaid at the end of the cycle: planned, cancelled, planned again, made before that day's bills", async () => {
  await using world = await bothWays("2026-01-28T08:00:00+08:00");
  const { isp } = world;
  const planned = assertOk(await change(isp, 0, "prepaid", "next_boundary"));
  assert.equal(planned.effectiveOn.toString(), "2026-02-01");
  const twice = await change(isp, 0, "prepaid");
  assert.equal(twice.ok ? "" : twice.code, "mode_change_waits");
  const cancel = () =>
    cancelModeChange(isp.context, isp.tenantId, isp.actor, { subscriptionId: isp.subscriptionIds[0]! });
  assertOk(await cancel());
  const again = await cancel();
  assert.equal(again.ok ? "" : again.code, "no_mode_change");
  assertOk(await change(isp, 0, "prepaid", "next_boundary"));
  // Days late, and twice: the same.
  isp.clock.set(Temporal.Instant.from("2026-02-03T10:00:00+08:00"));
  await liveUntil(isp, "2026-02-03T10:00");
  assert.deepEqual(await periods(isp), ["2026-01-28 2026-02-01 final 129.03"]);
  assert.equal((await mode(isp)).billing_mode, "prepaid");
  assert.deepEqual(await offNow(isp), [0], "nothing was bought");
  assert.deepEqual((assertOk(await buy(isp, 0))).restored, [isp.subscriptionIds[0]]);
  await assertBooksHold(isp);
});

Deno.test("made postpaid: bills begin where coverage ends; days that nobody paid for are never billed", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-01-20T08:00:00+08:00", subscribers: 2 });
  for (const n of [0, 1]) assertOk(await buy(isp, n, { count: 7, pesos: 199 }));
  assert.equal(assertOk(await change(isp, 0, "postpaid")).effectiveOn.toString(), "2026-01-27");
  await liveUntil(isp, "2026-01-29T10:00");
  assert.deepEqual(await offNow(isp), [1]);
  assert.equal(assertOk(await change(isp, 1, "postpaid")).effectiveOn.toString(), "2026-01-29");
  assert.deepEqual(await offNow(isp), [], "it owes nothing");
  await liveUntil(isp, "2026-02-01T10:00");
  assert.deepEqual(await periods(isp), [
    "2026-01-20 2026-01-27 prepaid 199",
    "2026-01-27 2026-02-01 recurring 161.29",
  ]);
  assert.deepEqual(await periods(isp, 1), [
    "2026-01-20 2026-01-27 prepaid 199",
    "2026-01-27 2026-01-29 uncovered",
    "2026-01-29 2026-02-01 recurring 96.77",
  ]);
  await assertBooksHold(isp);
});

Deno.test("a purchase from before the bills is not voided: they go on", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-01-20T08:00:00+08:00", subscribers: 1 });
  const { billId } = assertOk(await buy(isp, 0, { count: 7, pesos: 199 }));
  assertOk(await change(isp, 0, "postpaid"));
  await liveUntil(isp, "2026-02-01T10:00");
  assertRefused(
    await voidBill(isp.context, isp.tenantId, isp.actor, { billId, reason: "Wrong one" }),
    "prepaid_charged_later",
  );
  await liveUntil(isp, "2026-03-01T10:00");
  assert.equal((await periods(isp)).at(-1), "2026-02-01 2026-03-01 recurring 1000");
  await assertBooksHold(isp);
});

Deno.test("billed in advance: paid days stay as coverage, unpaid ones refuse the change", async () => {
  await using world = await bothWays("2026-01-30T08:00:00+08:00");
  const { isp } = world;
  await isp.run(async (trx) => {
    await trx.updateTable("subscriptions").set({
      bill_timing: "advance",
      next_bill_on: Temporal.PlainDate.from("2026-01-30"),
    })
      .where("tenant_id", "=", trx.tenantId).execute();
  });
  await liveUntil(isp, "2026-01-30T08:10");
  const refused = await change(isp, 0, "prepaid");
  assert.equal(refused.ok ? "" : refused.code, "mode_bill_open");
  await pay(isp, 0, 64.52);
  assertOk(await change(isp, 0, "prepaid"));
  await liveUntil(isp, "2026-01-31T23:00");
  assert.deepEqual(await offNow(isp), []);
  await liveUntil(isp, "2026-02-01T10:00");
  assert.deepEqual(await offNow(isp), [0]);
  await assertBooksHold(isp);
});
