import assert from "node:assert/strict";
import { sql } from "kysely";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { type Isp, liveUntil, pay, runUntil, todayOf } from "@/tests/billing/isp.ts";
import { local, out, set } from "@/tests/billing/outage_isp.ts";
import { move } from "@/tests/billing/payer_isp.ts";
import { buy, createPrepaidIsp } from "@/tests/billing/prepaid_isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { changePlan } from "@/web/services/billing/change_plan.ts";
import { issueCharge } from "@/web/services/billing/issue_charge.ts";
import { reviewEnd } from "@/web/services/billing/review_end.ts";
import { reviewPlanNow } from "@/web/services/billing/review_plan_now.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { composeNow, testLinks } from "./_world.ts";
import { createMailIsp, giveAddresses, mailsOf, sendDue, setServer } from "./mail_isp.ts";
import { endConnection } from "@/tests/billing/ends.ts";

const links = testLinks();
const call = (isp: Isp) => [isp.context, isp.tenantId, isp.actor] as const;

/** `kind who state` of the mail of each bill. */
async function billMails(isp: Isp): Promise<string[]> {
  const { rows } = await isp.run((trx) =>
    sql<{ kind: string; subscriber_id: string; said: string }>`
      select b.kind, m.subscriber_id, coalesce(m.reason, m.state) as said from mail_messages m
      join bills b on b.tenant_id = m.tenant_id and b.id = m.bill_id
      where m.tenant_id = ${isp.tenantId} and m.occasion = 'bill_issued' and m.business_after_at is null
      order by m.created_at, m.id`.execute(trx)
  );
  return rows.map((row) => [row.kind, isp.subscriberIds.indexOf(row.subscriber_id), row.said].join(" "));
}

/** Text of the newest message of an occasion, as it would go now. */
async function textOf(isp: Isp, occasion: "cut_notice" | "cut" | "credit_given"): Promise<string> {
  const row = await isp.run((trx) =>
    trx.selectFrom("mail_messages").selectAll().where("tenant_id", "=", isp.tenantId)
      .where("occasion", "=", occasion).orderBy("id", "desc").limit(1).executeTakeFirstOrThrow()
  );
  return (await composeNow(isp, links, { ...row, occasion, subscriber_id: row.subscriber_id ?? "" })).text;
}

Deno.test("each single charge is mailed once, at once: one-time charge, debit memo, late fee, last bill", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 1 });
  await isp.run((trx) =>
    trx.updateTable("tenants").set({ late_after_days: 3, late_fee_kind: "percent", late_fee_bp: 500 })
      .where("id", "=", isp.tenantId).execute()
  );
  await liveUntil(isp, "2026-02-12T23:00");
  for (const kind of ["one_time", "debit_memo"] as const) {
    const charge = {
      subscriberId: isp.subscriberIds[0]!,
      kind,
      what: "A longer cable",
      amountCentavos: centavos(20_000),
      subscriptionId: isp.subscriptionIds[0]!,
      billId: uuidv7(isp.clock.now().epochMilliseconds),
    };
    assertOk(await issueCharge(...call(isp), charge));
    assertOk(await issueCharge(...call(isp), charge));
  }
  const input = { lastDay: todayOf(isp), unused: "credit" as const };
  const review = await isp.run(async (trx) => {
    const connection = (await lockSubscription(trx, isp.subscriptionIds[0]!))!;
    return await reviewEnd(trx, { tenant: await getTenant(trx), today: todayOf(isp) }, connection, input);
  });
  const { netCentavos } = assertOk(review);
  const subscriptionId = isp.subscriptionIds[0]!;
  assertOk(await endConnection(...call(isp), { ...input, subscriptionId, netCentavos }));
  assert.deepEqual((await billMails(isp)).sort(), [
    "debit_memo 0 queued",
    "final 0 queued",
    "late_fee 0 queued",
    "one_time 0 queued",
    "recurring 0 queued",
  ]);
});

Deno.test("a plan that changed inside of a period, and its bill void: what waited says nothing that is not true", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 1 });
  const planId = uuidv7(1);
  await isp.run(async (trx) => {
    await trx.insertInto("plans").values({
      tenant_id: isp.tenantId,
      id: planId,
      name: "Fiber 100",
      price_centavos: 150_000n,
      ppp_profile: "100M",
    }).execute();
    await trx.updateTable("subscriptions").set({ bill_timing: "advance", next_bill_on: todayOf(isp) })
      .where("tenant_id", "=", isp.tenantId).execute();
  });
  await liveUntil(isp, "2026-01-11T10:00");
  await sendDue(isp);
  const subscriptionId = isp.subscriptionIds[0]!;
  const { netNowCentavos } = await isp.run(async (trx) => {
    const connection = (await lockSubscription(trx, subscriptionId))!;
    const moment = { tenant: await getTenant(trx), today: todayOf(isp) };
    return await reviewPlanNow(trx, moment, connection, { planId, keepsOwnPrice: false });
  });
  assert.ok(netNowCentavos > 0n);
  assertOk(await changePlan(...call(isp), { subscriptionId, planId, today: { netNowCentavos } }));
  const before = await mailsOf(isp);
  const [bill] = await isp.run((trx) =>
    trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId).where("status", "=", "issued")
      .orderBy("created_at", "desc").orderBy("number", "desc").limit(1).execute()
  );
  assert.ok(before.some(({ dedupe_key }) => dedupe_key === `bill_issued:${bill!.id}`), "it was to be mailed");
  assertOk(await voidBill(...call(isp), { billId: bill!.id, reason: "Wrong plan", periods: "never" }));
  await sendDue(isp);
  const after = await mailsOf(isp);
  assert.equal(after.find(({ dedupe_key }) => dedupe_key === `bill_issued:${bill!.id}`)?.reason, "bill_void");
  assert.deepEqual(after.filter(({ occasion }) => occasion === "credit_given"), [], "settling is no gift");
  assert.deepEqual((await mailsOf(isp, "bill_issued")).filter(({ state }) => state === "queued"), []);
});

Deno.test("days that were paid up front: notice of their end with the price of the next ones, and the cut", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database);
  await giveAddresses(isp);
  await setServer(isp);
  assertOk(await buy(isp, 0));
  await liveUntil(isp, "2026-01-30T10:00");
  const [notice, ...others] = await mailsOf(isp, "cut_notice");
  assert.deepEqual(others, []);
  assert.equal(notice?.facts.cutOn, "2026-01-31");
  const told = await textOf(isp, "cut_notice");
  assert.match(told, /Goes off on: Sat, 31 Jan 2026, 09:00/);
  assert.match(told, /Paid until the end of: Fri, 30 Jan 2026/);
  assert.match(told, /New days: ₱500\.00 for 30 days/);
  assert.doesNotMatch(told, /Ask us|Pay ₱/, "money alone does not keep it on");
  assert.deepEqual((await sendDue(isp)).map(({ occasion }) => occasion).includes("cut_notice"), true);
  await runUntil(isp, "2026-01-31T10:00");
  assert.match(await textOf(isp, "cut"), /Buy new days and it comes back/);
});

Deno.test("who bought new days before the notice was reached is not told that the line goes off", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database);
  await giveAddresses(isp);
  await setServer(isp);
  assertOk(await buy(isp, 0));
  await liveUntil(isp, "2026-01-30T07:00");
  assertOk(await buy(isp, 0));
  isp.clock.set("2026-01-30T08:30:00+08:00");
  await sendDue(isp);
  const notices = await mailsOf(isp, "cut_notice");
  assert.deepEqual(notices.map(({ state, reason }) => [state, reason]), [["skipped", "paid_meanwhile"]]);
});

Deno.test("credit for an outage is told once, however often the day is run, and waits for the morning", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 2, start: "2026-04-01T00:00:00+08:00" });
  await set(isp, { outage_credit: "automatic" });
  await liveUntil(isp, "2026-04-12T12:00");
  await out(isp, "2026-04-10T00:00", "2026-04-11T12:00");
  await liveUntil(isp, "2026-05-01T00:30");
  assertOk(await runDueDays(...call(isp)));
  const given = await mailsOf(isp, "credit_given");
  assert.deepEqual(given.map(({ who }) => who).sort(), [0, 1]);
  assert.ok(given.every((mail) => mail.business_after_at?.equals(local("2026-05-01T08:00"))));
  assert.match(await textOf(isp, "credit_given"), /Credit: ₱50\.00/);
  await liveUntil(isp, "2026-05-03T12:00");
  assert.equal((await mailsOf(isp, "credit_given")).length, 2);
});

Deno.test("a payment that was taken back before it was confirmed is not confirmed, and nobody is told of a return", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-14T09:01");
  await sendDue(isp);
  const { paymentId, restored } = await pay(isp, 0, 1000);
  assert.equal(restored.length, 1);
  assertOk(await reversePayment(...call(isp), { paymentId, reason: "The cheque bounced" }));
  await sendDue(isp);
  const [confirmed] = await mailsOf(isp, "payment_received");
  assert.equal(confirmed?.reason, "no_longer_true");
  assert.deepEqual(await mailsOf(isp, "restored"), []);
  // It had come back, so that the next run cuts it again, and says so again.
  await runUntil(isp, "2026-02-15T09:01");
  await sendDue(isp);
  assert.deepEqual((await mailsOf(isp, "cut")).map(({ state }) => state), ["sent", "sent"]);
});

Deno.test("a bill is mailed to its payer, also when somebody else pays for the line by then", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-01T00:06");
  assertOk(await move(isp, 0, 1));
  const sent = await sendDue(isp);
  assert.deepEqual(sent.map(({ who }) => who).sort(), [0, 1], "each January to whom it was billed");
  await liveUntil(isp, "2026-03-01T00:06");
  const { rows } = await isp.run((trx) =>
    sql<{ differs: number; march: number }>`
      select (count(*) filter (where m.subscriber_id <> b.subscriber_id))::int as differs,
        (count(*) filter (where b.issued_on = '2026-03-01' and b.subscriber_id = ${isp
      .subscriberIds[0]!}))::int as march
      from mail_messages m join bills b on b.tenant_id = m.tenant_id and b.id = m.bill_id
      where m.tenant_id = ${isp.tenantId}`.execute(trx)
  );
  assert.deepEqual(rows, [{ differs: 0, march: 0 }]);
});

Deno.test("a notice to who does not pay for the line any more is not sent", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-13T07:00");
  assertOk(await move(isp, 0, 1));
  isp.clock.set("2026-02-13T09:00:00+08:00");
  await sendDue(isp);
  const notices = await mailsOf(isp, "cut_notice");
  assert.deepEqual(notices.map(({ who, state }) => `${who} ${state}`).sort(), ["0 skipped", "1 sent"]);
});

Deno.test("rows of another shape are sent or skipped, and stop none of the others", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 4 });
  await liveUntil(isp, "2026-02-08T10:00");
  const change = (n: number, facts: object) =>
    isp.run((trx) =>
      sql`update mail_messages set facts = ${JSON.stringify(facts)}::jsonb where occasion = 'reminder'
        and subscriber_id = ${isp.subscriberIds[n]!} and state = 'queued'`.execute(trx)
    );
  await change(0, {});
  await change(1, { billIds: "all of them", dueOn: "soon" });
  await change(2, { step: "before_due", days: 0 });
  await sendDue(isp);
  const said = (await mailsOf(isp, "reminder")).filter(({ state }) => state === "sent").map(({ who }) => who);
  assert.deepEqual([...new Set(said)].sort(), [0, 1, 2, 3]);
});
