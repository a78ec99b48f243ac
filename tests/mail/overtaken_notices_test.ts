import assert from "node:assert/strict";
import { sql } from "kysely";
import { centavos } from "@/shared/money/mod.ts";
import { type Isp, liveUntil, pay, runUntil, todayOf } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { type PlayedIsp, playedOnce } from "@/tests/support/played.ts";
import { decideDispute, disputeBill } from "@/web/services/billing/dispute_bill.ts";
import { excludeFromRun } from "@/web/services/cuts/exclude_from_run.ts";
import { endHold, extendHold, holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { voidMemo } from "@/web/services/payments/void_memo.ts";
import { createMailIsp, liveSending, mailsOf, remind, sendDue } from "./mail_isp.ts";

/** One connection, told on 13 February of its cut of the 14th; nobody is cut without notice. It is noon. */
function playedTold(): Promise<PlayedIsp> {
  return playedOnce("told on 13 February", async (database) => {
    const isp = await createMailIsp(database, { subscribers: 1 });
    await remind(isp, { cutNeedsNotice: true });
    await liveUntil(isp, "2026-02-12T20:30");
    await liveSending(isp, "2026-02-13T12:00");
    const told = (await mailsOf(isp, "cut_notice")).map(({ state, facts }) => [state, facts.cutOn]);
    assert.deepEqual(told, [["sent", "2026-02-14"]]);
    return isp;
  });
}

async function billOf(isp: Isp): Promise<string> {
  const { rows: [bill] } = await isp.run((trx) =>
    sql<{ id: string }>`select id from bills where tenant_id = ${isp.tenantId}`.execute(trx)
  );
  return bill!.id;
}

/** That it is on after its run while the new notice waits, and off a day after that one is sent. */
async function assertToldAnew(isp: Isp): Promise<void> {
  assert.deepEqual(await mailsOf(isp, "cut"), [], "not on the old notice");
  const reasons = await isp.run((trx) =>
    sql<{ reason: string }>`select w.reason from run_rows w join runs r on r.id = w.run_id
      where r.kind = 'cut' and w.outcome = 'no_notice'`.execute(trx)
  );
  assert.ok(reasons.rows.length > 0, "kept for want of a notice");
  await sendDue(isp);
  const tomorrow = todayOf(isp).add({ days: 1 });
  await liveSending(isp, `${tomorrow}T10:00`);
  assert.deepEqual((await mailsOf(isp, "cut")).map(({ created_on }) => created_on.toString()), [
    tomorrow.toString(),
  ]);
}

Deno.test("a credit memo that settled the debt is voided: who did not have to heed the notice is told anew", async () => {
  for (const kind of ["goodwill", "write_off"] as const) {
    await using past = await playedTold();
    const { isp } = past;
    const memo = assertOk(
      await issueMemo(isp.context, isp.tenantId, isp.actor, {
        subscriberId: isp.subscriberIds[0]!,
        kind,
        reason: "The line was slow",
        amountCentavos: centavos(100_000),
        billId: kind === "write_off" ? await billOf(isp) : null,
        idempotencyKey: `memo-${kind}`,
      }),
    );
    await liveSending(isp, "2026-02-14T10:00");
    const { memoId } = memo;
    assertOk(await voidMemo(isp.context, isp.tenantId, isp.actor, { memoId, reason: "The wrong person" }));
    await runUntil(isp, "2026-02-15T10:00");
    await assertToldAnew(isp);
  }
});

Deno.test("a payment that was taken back by a clock that was set back meanwhile voids the notice all the same", async () => {
  await using past = await playedTold();
  const { isp } = past;
  const { paymentId } = await pay(isp, 0, 1000);
  isp.clock.advance({ hours: -6 });
  assertOk(await reversePayment(isp.context, isp.tenantId, isp.actor, { paymentId, reason: "It bounced" }));
  await runUntil(isp, "2026-02-14T10:00");
  await assertToldAnew(isp);
});

Deno.test("a dispute that was rejected gives new grace: the notice from before it is none", async () => {
  await using past = await playedTold();
  const { isp } = past;
  const billId = await billOf(isp);
  assertOk(
    await disputeBill(isp.context, isp.tenantId, isp.actor, {
      billId,
      amountCentavos: null,
      reason: "Was off for a week",
    }),
  );
  await runUntil(isp, "2026-02-15T10:00");
  const decided = assertOk(
    await decideDispute(isp.context, isp.tenantId, isp.actor, {
      billId,
      decision: "rejected",
      note: "The router was up",
    }),
  );
  assert.equal(decided.graceUntilOn.toString(), "2026-02-20");
  await runUntil(isp, "2026-02-21T10:00");
  await assertToldAnew(isp);
});

Deno.test("who was promised to stay on over the named day is told anew, also when the promise ended early or was extended", async () => {
  for (const then of ["over", "ended", "extended"] as const) {
    await using past = await playedTold();
    const { isp } = past;
    const subscriptionId = isp.subscriptionIds[0]!;
    const untilOn = Temporal.PlainDate.from(then === "extended" ? "2026-02-16" : "2026-02-20");
    const hold = { subscriptionId, untilOn, reason: "Pays on Friday" };
    assertOk(await holdSubscription(isp.context, isp.tenantId, isp.actor, hold));
    await runUntil(isp, "2026-02-14T12:00");
    if (then === "ended") {
      assertOk(await endHold(isp.context, isp.tenantId, isp.actor, { subscriptionId }));
      await runUntil(isp, "2026-02-15T10:00");
    } else if (then === "extended") {
      await liveSending(isp, "2026-02-16T12:00");
      assert.equal((await mailsOf(isp, "cut_notice")).at(-1)!.facts.cutOn, "2026-02-17");
      assertOk(await extendHold(isp.context, isp.tenantId, isp.actor, { subscriptionId, days: 4 }));
      await runUntil(isp, "2026-02-21T10:00");
    } else {
      await runUntil(isp, "2026-02-21T10:00");
    }
    await assertToldAnew(isp);
  }
});

Deno.test("who was taken off the run of the named day, or paid through somebody else meanwhile, is told anew", async () => {
  await using first = await playedTold();
  const excluded = first.isp;
  assertOk(
    await excludeFromRun(excluded.context, excluded.tenantId, excluded.actor, {
      subscriptionId: excluded.subscriptionIds[0]!,
      businessOn: Temporal.PlainDate.from("2026-02-14"),
      reason: "Promised by phone",
    }),
  );
  await runUntil(excluded, "2026-02-15T10:00");
  await assertToldAnew(excluded);
  await using second = await playedTold();
  const moved = second.isp;
  const [subscriberId, subscriptionId] = [moved.subscriberIds[0]!, moved.subscriptionIds[0]!];
  const other = crypto.randomUUID();
  await moved.run(async (trx) => {
    await trx.insertInto("subscribers").values({
      tenant_id: moved.tenantId,
      id: other,
      account_number: "A-00002",
      name: "Subscriber 00002",
    }).execute();
    await trx.insertInto("payer_changes").values({
      tenant_id: moved.tenantId,
      id: crypto.randomUUID(),
      subscription_id: subscriptionId,
      from_subscriber_id: other,
      to_subscriber_id: subscriberId,
      effective_on: Temporal.PlainDate.from("2026-02-13"),
      charged_from: Temporal.PlainDate.from("2026-02-13"),
      unused: "keep",
      state: "made",
      asked_at: moved.clock.now(),
      asked_by: "Maria Santos",
      made_at: moved.clock.now(),
    }).execute();
  });
  await runUntil(moved, "2026-02-14T10:00");
  await assertToldAnew(moved);
});

Deno.test("a free day moves the cut and voids no notice, up to fourteen days", async () => {
  for (const [days, isCut] of [[14, true], [15, false]] as const) {
    await using past = await playedTold();
    const { isp } = past;
    const first = Temporal.PlainDate.from("2026-02-14");
    const free = Array.from({ length: days }, (_, n) => first.add({ days: n }).toString());
    await isp.run((trx) =>
      sql`update tenants set blackout_dates = ${free}::date[] where id = ${isp.tenantId}`.execute(trx)
    );
    await runUntil(isp, `${first.add({ days })}T10:00`);
    assert.equal((await mailsOf(isp, "cut")).length, isCut ? 1 : 0, `${days} days`);
  }
});
