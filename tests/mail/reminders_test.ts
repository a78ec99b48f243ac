import assert from "node:assert/strict";
import { sql } from "kysely";
import pg from "pg";
import { createIsp, liveUntil, pay, runUntil, todayOf } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import { whyNotEach } from "@/web/services/mail/why_not.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import {
  createMailIsp,
  giveAddresses,
  liveSending,
  mailsOf,
  type ReadMail,
  remind,
  sendDue,
  setServer,
} from "./mail_isp.ts";

/** Day, subscriber and step: `02-05 0 due-3`. */
function steps(mails: readonly ReadMail[]): string[] {
  return mails.filter(({ occasion }) => occasion === "reminder" || occasion === "cut_notice")
    .map(({ created_on, who, occasion, facts, reason }) =>
      [
        created_on.toString().slice(5),
        who,
        `${occasion === "reminder" ? "due" : "cut"}-${facts.days}`,
        reason ?? "",
      ]
        .join(" ").trim()
    ).sort();
}

async function openSuperuser({ superuserUrl }: TestDatabase) {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

Deno.test("the ladder of a month: three days before due, on due, a day before the cut; paid and held are left out", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 3 });
  await liveUntil(isp, "2026-02-06T12:00");
  assert.deepEqual(steps(await mailsOf(isp)), ["02-05 0 due-3", "02-05 1 due-3", "02-05 2 due-3"]);
  await pay(isp, 0, 1000);
  await runUntil(isp, "2026-02-10T12:00");
  assertOk(
    await holdSubscription(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: isp.subscriptionIds[1]!,
      untilOn: todayOf(isp).add({ days: 10 }),
      reason: "Pays on Friday",
    }),
  );
  await runUntil(isp, "2026-02-22T12:00");
  assert.deepEqual(steps(await mailsOf(isp)).slice(3), [
    "02-08 1 due-0",
    "02-08 2 due-0",
    "02-13 2 cut-1",
    "02-20 1 cut-1",
  ]);
  const [notice] = await mailsOf(isp, "cut_notice");
  assert.deepEqual(notice!.facts, { cutOn: "2026-02-14", debt: "due:2026-02-08", days: 1 });
});

Deno.test("asked every minute for a day by two processes, each is reminded once (mail-14)", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-04T23:59");
  const run = () => runDueDays(isp.context, isp.tenantId, isp.actor);
  for (let minute = 0; minute < 24 * 60; minute += minute < 30 ? 1 : 30) {
    isp.clock.set(Temporal.Instant.from("2026-02-05T00:00:00+08:00").add({ minutes: minute }));
    for (const done of await Promise.all([run(), run()])) assertOk(done);
  }
  assert.deepEqual(steps(await mailsOf(isp)), ["02-05 0 due-3", "02-05 1 due-3"]);
});

Deno.test("paid between eight and the minute at which it is reached: not sent, paid meanwhile (mail-16)", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-08T07:59");
  await sendDue(isp);
  isp.clock.set("2026-02-08T08:01:00+08:00");
  await pay(isp, 0, 1000);
  isp.clock.set("2026-02-08T08:02:00+08:00");
  await sendDue(isp);
  const reminders = (await mailsOf(isp, "reminder")).filter(({ facts }) => facts.days === 0);
  assert.deepEqual(reminders.map(({ who, reason }) => [who, reason]).sort(), [[0, "paid_meanwhile"], [
    1,
    null,
  ]]);
});

Deno.test("a reminder that comes late is not sent past its due date, nor beside a later one", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-08T12:00");
  await sendDue(isp);
  const said = (await mailsOf(isp, "reminder")).map((
    { facts, state, reason },
  ) => [facts.days, reason ?? state]);
  assert.deepEqual(said, [[3, "no_longer_true"], [0, "sent"]]);
  await pay(isp, 0, 1000);
  await liveUntil(isp, "2026-03-08T07:00");
  isp.clock.set("2026-03-09T10:00:00+08:00");
  await sendDue(isp);
  assert.ok((await mailsOf(isp, "reminder")).slice(2).every(({ reason }) => reason === "no_longer_true"));
});

Deno.test("a day that was missed is not reminded of afterwards", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-04T12:00");
  isp.clock.set("2026-02-06T12:00:00+08:00");
  assertOk(await runDueDays(isp.context, isp.tenantId, isp.actor));
  assert.deepEqual(steps(await mailsOf(isp)), []);
});

Deno.test("no reminder of what is disputed, imported, ended, issued today, or where no server is set", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 5 });
  await liveUntil(isp, "2026-02-04T12:00");
  await using client = await openSuperuser(database);
  const change = (n: number, set: string) =>
    client.query(`update bills set ${set} where subscriber_id = $1`, [isp.subscriberIds[n]]);
  await change(0, "disputed_centavos = 100");
  await change(1, "is_imported = true");
  await isp.run((trx) =>
    sql`update subscriptions set status = 'cancelled', next_bill_on = null
      where id = ${isp.subscriptionIds[2]!}`.execute(trx)
  );
  await change(3, "issued_on = '2026-02-05'");
  await runUntil(isp, "2026-02-05T12:00");
  assert.deepEqual(steps(await mailsOf(isp)), ["02-05 4 due-3"]);
  const other = await createIsp(database, { subscribers: 1 });
  await liveUntil(other, "2026-02-14T12:00");
  const said = (await mailsOf(other)).map(({ occasion, reason }) => [occasion, reason]);
  assert.deepEqual(said, [["bill_issued", "no_server"], ["cut", "no_server"]], "no word of what is to come");
});

Deno.test("nobody is cut whose notice was not sent: a server that is away for a week cuts nobody", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 2 });
  await remind(isp, { cutNeedsNotice: true });
  await runUntil(isp, "2026-02-20T12:00");
  assert.deepEqual(await mailsOf(isp, "cut"), []);
  const kept = await isp.run((trx) =>
    sql<
      { outcome: string; n: number }
    >`select outcome, count(*)::int as n from run_rows w join runs r on r.id = w.run_id
      where r.kind = 'cut' group by 1`.execute(trx)
  );
  assert.deepEqual(kept.rows, [{ outcome: "no_notice", n: 14 }]);
  // Back at noon: what names days that have come is skipped, the newest goes, and the next run cuts.
  await sendDue(isp);
  const notices = (await mailsOf(isp, "cut_notice")).filter(({ who }) => who === 0);
  assert.deepEqual(notices.map(({ facts, reason, state }) => [facts.cutOn, reason ?? state]).slice(-3), [
    ["2026-02-19", "no_longer_true"],
    ["2026-02-20", "no_longer_true"],
    ["2026-02-21", "sent"],
  ]);
  await runUntil(isp, "2026-02-21T09:01");
  assert.equal((await mailsOf(isp, "cut")).length, 2);
});

Deno.test("with mail that works, the setting changes no cut date, and a notice of a paid debt is none of the next", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 2 });
  await remind(isp, { cutNeedsNotice: true });
  await liveUntil(isp, "2026-02-12T20:30");
  await liveSending(isp, "2026-02-13T12:00");
  const { paymentId } = await pay(isp, 0, 1000);
  await liveSending(isp, "2026-02-14T10:00");
  assert.deepEqual((await mailsOf(isp, "cut")).map(({ who }) => who), [1]);
  assertOk(await reversePayment(isp.context, isp.tenantId, isp.actor, { paymentId, reason: "It bounced" }));
  await liveSending(isp, "2026-02-15T10:00");
  assert.deepEqual((await mailsOf(isp, "cut")).map(({ who }) => who), [1], "told anew first");
  await liveSending(isp, "2026-02-16T10:00");
  assert.deepEqual((await mailsOf(isp, "cut")).map(({ who }) => who), [1, 0]);
});

Deno.test("whom mail cannot reach is kept on or cut, as the company chose", async () => {
  await using database = await createTestDatabase();
  for (const unreachable of ["hold", "go_on"] as const) {
    const isp = await createIsp(database, { subscribers: 4 });
    await giveAddresses(isp);
    await setServer(isp);
    await remind(isp, { cutNeedsNotice: true, unreachable });
    const change = (n: number, set: ReturnType<typeof sql>) =>
      isp.run((trx) => sql`update subscribers set ${set} where id = ${isp.subscriberIds[n]!}`.execute(trx));
    await change(0, sql`email = null`);
    await change(1, sql`mail_wanted = 'no_reminders'`);
    await isp.run((trx) =>
      trx.insertInto("mail_refusals").values({
        tenant_id: isp.tenantId,
        address_lower: "s00003@example.net",
        kind: "hard",
        source: "server",
        words: "no such user",
        refused_at: isp.clock.now(),
      }).execute()
    );
    await liveUntil(isp, "2026-02-12T20:30");
    await liveSending(isp, "2026-02-14T10:00");
    const cut = (await mailsOf(isp, "cut")).map(({ who }) => who).sort();
    assert.deepEqual(cut, unreachable === "hold" ? [3] : [0, 1, 2, 3]);
    const notices = (await mailsOf(isp, "cut_notice")).map(({ who, reason }) => [who, reason]).sort();
    assert.deepEqual(notices, [[0, "no_address"], [1, "not_wanted"], [2, "refused_address"], [3, null]]);
  }
});

async function readOfBills(trx: TenantTransaction): Promise<number> {
  const { rows } = await sql<{ read: number }>`select (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read
    from pg_stat_xact_user_tables where relname = 'bills'`.execute(trx);
  return rows[0]?.read ?? 0;
}

Deno.test("messages are read again by the keys of what they are about, whatever the statistics know", async () => {
  await using database = await createTestDatabase();
  await using superuser = await openSuperuser(database);
  const count = 400;
  const isp = await createMailIsp(database, { subscribers: count });
  // As an automatic look finds the tables of a company that has just begun.
  await superuser.query("analyze bills, mail_messages");
  await liveUntil(isp, "2026-02-05T08:00");
  const ids = (await mailsOf(isp, "reminder")).map(({ id }) => id);
  assert.equal(ids.length, count);
  const looks = [
    "",
    "analyze mail_messages",
    "vacuum analyze mail_messages",
    "vacuum bills",
    "analyze bills",
  ];
  for (const look of looks) {
    if (look !== "") await superuser.query(look);
    const read = await isp.run(async (trx) => {
      const tenant = await getTenant(trx);
      // What the connection has read in its last second, this transaction's and what came before it.
      const before = await readOfBills(trx);
      const why = await whyNotEach(trx, tenant, ids, businessNow(tenant, isp.clock));
      assert.equal(why.size, 0);
      return await readOfBills(trx) - before;
    });
    // All bills some times at the most, whatever the plan; one look for each message would be count squared.
    assert.ok(read <= 3 * count, `${read} bills for ${count} messages after "${look}"`);
  }
});
