import assert from "node:assert/strict";
import { sql } from "kysely";
import { silentLogger } from "@/shared/log.ts";
import { createIsp, type Isp, pay, todayOf } from "@/tests/billing/isp.ts";
import { asSuperuserQuery } from "@/tests/privacy/query.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { until } from "@/tests/support/until.ts";
import { issueBills } from "@/web/services/billing/issue_bills.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { LiveHub } from "@/web/services/live/live_hub.ts";
import { MailWriter } from "@/web/services/mail/mail_writer.ts";
import { sendBillNow } from "@/web/services/mail/send_again.ts";
import { listUnwritten, writeMailsOf } from "@/tests/support/unwritten_mail.ts";
import { writeMails, writeMailsApart } from "@/web/services/mail/write_mails.ts";
import { limitToSites, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { findUnwritten, insertUnwritten, takeUnwritten } from "@/web/store/mail/unwritten.ts";
import { hasMailDue } from "@/web/store/mail/mail_due.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { listNeeds } from "@/web/store/live/needs_you.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { startIspMail } from "./isp_mail.ts";
import { createMailIsp, mailsOf, remind, sendDue } from "./mail_isp.ts";
import { billIdsOf, withUnmailedScene } from "./mail_scene.ts";
import { mailLog, partsOf, serverOn, startWorker } from "./outbox_isp.ts";

/** Issues the bills of February; nobody writes their mails. @returns the batches that wait */
async function issue(isp: Isp, batchSize = 1_000): Promise<string[]> {
  isp.clock.set("2026-02-01T00:06:00+08:00");
  const day = { businessOn: todayOf(isp), trigger: "scheduled", batchSize } as const;
  assertOk(await issueBills(isp.context, isp.tenantId, isp.actor, day));
  return await isp.run(listUnwritten);
}

async function stateOf(isp: Isp): Promise<string[]> {
  return (await mailsOf(isp)).map(({ who, state, reason }) => `${who} ${reason ?? state}`).sort();
}

Deno.test("a run writes one row for each batch of bills; whoever comes after a crash writes their mails, as of the run", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 5 });
  const batches = await issue(isp, 2);
  assert.equal(batches.length, 3);
  assert.deepEqual(await mailsOf(isp), []);
  const dies = withTenant(isp.context.db, isp.tenantId, async (trx) => {
    assert.notEqual(await takeUnwritten(trx, batches[0]!), null);
    throw new Error("killed");
  });
  await assert.rejects(dies, /killed/);
  assert.deepEqual(await isp.run(listUnwritten), batches, "as if nothing had been");
  const issuedAt = isp.clock.now();
  isp.clock.set("2026-02-02T09:00:00+08:00");
  await writeMailsOf(isp.context.db, isp.tenantId);
  assert.deepEqual(await isp.run(listUnwritten), []);
  const mails = await mailsOf(isp);
  assert.deepEqual(mails.map(({ who }) => who).sort(), [0, 1, 2, 3, 4]);
  for (const mail of mails) {
    assert.deepEqual([mail.state, mail.occasion, mail.created_on.toString()], [
      "queued",
      "bill_issued",
      "2026-02-01",
    ]);
  }
  const { created_at, created_by } = await isp.run((trx) =>
    trx.selectFrom("mail_messages").select(["created_at", "created_by"]).executeTakeFirstOrThrow()
  );
  assert.deepEqual([created_at.toString(), created_by], [issuedAt.toString(), "Maria Santos"]);
});

Deno.test("processes that write at once write each batch once", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 60 });
  const batches = await issue(isp, 5);
  const { db } = isp.context;
  let written = 0;
  const direct = batches.toReversed().map((id) => writeMails(db, { tenantId: isp.tenantId, id }));
  const writers = [1, 2].map(() =>
    new MailWriter({ db, clock: isp.clock, log: silentLogger, onWritten: () => written++ })
  );
  for (const writer of writers) writer.wake();
  const own = (await Promise.all(direct)).filter((isWritten) => isWritten).length;
  await until(async () => (await isp.run(listUnwritten)).length === 0);
  for (const writer of writers) await writer.stop();
  assert.equal(own + written, batches.length);
  assert.equal(new Set((await mailsOf(isp)).map(({ who }) => who)).size, 60);
  assert.equal((await mailsOf(isp)).length, 60);
});

Deno.test("what happened to a bill before its mail was written: void is skipped, paid is told as paid, mailed by hand is one", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 4 });
  await issue(isp);
  const [first, , , last] = await billIdsOf(isp) as [string, string, string, string];
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  assertOk(await voidBill(...call, { billId: first, reason: "Wrong plan" }));
  await pay(isp, 1, 1000);
  await isp.run((trx) =>
    trx.updateTable("subscribers").set({ email: null }).where("id", "=", isp.subscriberIds[2]!).execute()
  );
  const waits = await sendBillNow(...call, { billId: last });
  assert.equal(waits.ok || waits.code, "mail_waits_already");
  await writeMailsOf(isp.context.db, isp.tenantId);
  await sendDue(isp);
  assert.deepEqual(
    (await mailsOf(isp, "bill_issued")).map(({ who, state, reason }) => `${who} ${reason ?? state}`).sort(),
    ["0 bill_void", "1 sent", "2 no_address", "3 sent"],
  );
  // A bill that is noted twice, whatever did it, is mailed once.
  const queueing = { at: isp.clock.now(), businessOn: todayOf(isp), by: "Ana" };
  await isp.run((trx) => insertUnwritten(trx, crypto.randomUUID(), { ...queueing, billIds: [last] }));
  await writeMailsOf(isp.context.db, isp.tenantId);
  assert.equal((await mailsOf(isp, "bill_issued")).length, 4);
});

Deno.test("a company that is silent about bills gets no row, nor messages where it has become silent; without a server they say so", async () => {
  await using database = await createTestDatabase();
  const silent = await createMailIsp(database, { subscribers: 1 });
  await remind(silent, { silentOccasions: ["bill_issued"] });
  assert.deepEqual(await issue(silent), []);
  const silenced = await createMailIsp(database, { subscribers: 1 });
  assert.equal((await issue(silenced)).length, 1);
  await remind(silenced, { silentOccasions: ["bill_issued"] });
  await writeMailsOf(database.db, silenced.tenantId);
  assert.deepEqual(await stateOf(silenced), []);
  const without = await createIsp(database, { subscribers: 1 });
  assert.equal((await issue(without)).length, 1);
  await writeMailsOf(database.db, without.tenantId);
  assert.deepEqual(await stateOf(without), ["0 no_server"]);
});

Deno.test("another company writes, reads and takes none of it", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 1 });
  const other = await createMailIsp(database, { subscribers: 1 });
  const [id] = await issue(isp);
  assert.deepEqual(await other.run(listUnwritten), []);
  assert.equal(await other.run((trx) => takeUnwritten(trx, id!)), null);
  assert.equal(await writeMails(database.db, { tenantId: other.tenantId, id: id! }), false);
  const changed = await other.run((trx) =>
    trx.updateTable("unwritten_mails").set({ created_by: "Somebody" }).executeTakeFirstOrThrow()
  );
  assert.equal(changed.numUpdatedRows, 0n);
  assert.deepEqual(await isp.run(listUnwritten), [id]);
});

/** The database takes no message of this subscriber. */
async function breakMailsOf(isp: Isp, database: TestDatabase, n: number): Promise<void> {
  await asSuperuserQuery(
    database,
    `alter table mail_messages add constraint broken check (subscriber_id <> '${isp.subscriberIds[n]}')`,
  );
}

const mend = (database: TestDatabase) =>
  asSuperuserQuery(database, "alter table mail_messages drop constraint broken");

async function needsOf(isp: Isp) {
  return await isp.run(async (trx) => {
    const moment = { today: todayOf(isp), now: isp.clock.now() };
    return (await listNeeds(trx, await getTenant(trx), moment)).filter(({ kind }) =>
      kind === "mail_unwritten"
    )
      .map(({ subjectId, count }) => [subjectId, count]);
  });
}

Deno.test("a message that cannot be written holds up neither its batch nor what is sent, is said once, and is tried again", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 3 });
  await breakMailsOf(isp, database, 1);
  const [batch] = await issue(isp);
  const bills = await billIdsOf(isp);
  assert.deepEqual(await needsOf(isp), []);
  const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)), { restMs: 100, badRestMs: 100 });
  try {
    await until(() => smtp.mailbox.taken === 2);
    assert.deepEqual(await isp.run(listUnwritten), [batch]);
    assert.deepEqual(await needsOf(isp), [[bills[1], 1]]);
    const tried = async () =>
      Number(
        (await asSuperuserQuery<{ n: string }>(database, "select xmin::text as n from unwritten_mails"))[0]
          ?.n,
      );
    const before = await tried();
    await until(async () => await tried() > before);
    const lines = await mailLog(isp);
    assert.deepEqual(lines.map((line) => [line.event, line.level, line.bill_id, line.subscriber_id]), [
      ["mail_not_written", "error", bills[1], isp.subscriberIds[1]],
    ]);
    const number = await numberOf(isp, bills[1]!);
    assert.ok(
      storedText(ENGLISH_WORDS, lines[0]!.message).startsWith(
        `The mail of bill ${number} could not be written.`,
      ),
    );
    await mend(database);
    await until(() => smtp.mailbox.taken === 3);
  } finally {
    await worker.stop();
  }
  assert.deepEqual([await isp.run(listUnwritten), await needsOf(isp)], [[], []]);
});

async function numberOf(isp: Isp, billId: string): Promise<string | null> {
  return (await isp.run((trx) => findBill(trx, billId)))?.number ?? null;
}

Deno.test("a person sends the mail of a bill by hand that could not be written", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 3 });
  await breakMailsOf(isp, database, 1);
  const [id] = await issue(isp);
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const batch = { tenantId: isp.tenantId, id: id! };
  const apart = () => writeMailsApart(isp.context.db, batch, isp.clock.now());
  assert.equal(await apart(), 1);
  assert.equal((await mailsOf(isp)).length, 2);
  const billId = (await billIdsOf(isp))[1]!;
  assert.equal(await isp.run((trx) => findUnwritten(trx, billId)), "failed");
  const businessNow = isp.clock.now();
  await sendDue(isp);
  assert.equal(
    await isp.run((trx) => hasMailDue(trx, { now: businessNow, businessNow })),
    false,
    "nobody waits for it",
  );
  await mend(database);
  assertOk(await sendBillNow(...call, { billId }));
  assert.equal((await mailsOf(isp)).length, 3);
  assert.deepEqual(await needsOf(isp), []);
  assert.equal(await apart(), 0);
  assert.equal((await mailsOf(isp)).length, 3);
  assert.deepEqual(await isp.run(listUnwritten), []);
});

Deno.test("of many messages that cannot be written the first are said by bill, the others are counted; of a void bill nothing is left", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 53 });
  await asSuperuserQuery(
    database,
    "alter table mail_messages add constraint broken check (occasion <> 'bill_issued')",
  );
  const [id] = await issue(isp);
  assert.equal(
    await writeMailsApart(isp.context.db, { tenantId: isp.tenantId, id: id! }, isp.clock.now()),
    53,
  );
  const lines = await mailLog(isp);
  assert.equal(lines.filter((line) => line.bill_id !== null).length, 50);
  assert.deepEqual(
    lines.filter((line) => line.bill_id === null)
      .map((line) => storedText(ENGLISH_WORDS, line.message).slice(0, 22)),
    ["3 more lines like this"],
  );
  assert.equal((await needsOf(isp))[0]?.[1], 53);
  const [first] = await billIdsOf(isp);
  const voided = { billId: first!, reason: "Wrong plan" };
  assertOk(await voidBill(isp.context, isp.tenantId, isp.actor, voided));
  assert.equal(
    await writeMailsApart(isp.context.db, { tenantId: isp.tenantId, id: id! }, isp.clock.now()),
    52,
  );
  assert.equal((await mailLog(isp)).length, 51, "said once");
});

Deno.test("the mail of a bill goes out the moment its run commits: the commit wakes the worker, not its next look", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 2 });
  const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)), { pollMs: 3_600_000 });
  const hub = new LiveHub({
    clock: isp.clock,
    log: silentLogger,
    databaseUrl: database.appUrl,
    onNews: (topics) => {
      if (topics.includes("mail")) worker.wake();
    },
  });
  try {
    // Whoever listens hears nothing of before.
    await until(async () => (await listening(database)) > 0);
    await issue(isp);
    await until(() => smtp.mailbox.taken === 2);
  } finally {
    await hub.stop();
    await worker.stop();
  }
});

/** How many sessions of the database wait for news. */
async function listening(database: TestDatabase): Promise<number> {
  const [row] = await asSuperuserQuery<{ n: number }>(
    database,
    `select count(*)::int as n from pg_stat_activity where datname = current_database() and query ilike 'listen%'`,
  );
  return row?.n ?? 0;
}

Deno.test("the page of a bill says that its mail is being prepared, and offers no other; who is limited sees what is theirs", async () => {
  await withUnmailedScene("2026-02-10T12:00", async ({ isp, owner }) => {
    const [billId, neighbour] = await billIdsOf(isp) as [string, string];
    assert.match((await owner.get(`/admin/bills/${billId}`)).text, /Nothing was mailed yet/);
    const queueing = { at: isp.clock.now(), businessOn: todayOf(isp), by: "Ana" };
    await isp.run((trx) =>
      insertUnwritten(trx, crypto.randomUUID(), { ...queueing, billIds: [billId, neighbour] })
    );
    const waiting = await owner.get(`/admin/bills/${billId}`);
    assert.match(waiting.text, /The mail of this bill is being prepared/);
    assert.ok(!waiting.html.includes(`/admin/bills/${billId}/send`));
    const sites = await sitesOf(isp, isp.subscriberIds[0]!);
    const seen = (siteIds: readonly string[], id: string) =>
      withTenant(limitToSites(isp.context.db, siteIds), isp.tenantId, (trx) => findUnwritten(trx, id), {
        readOnly: true,
      });
    assert.deepEqual([await seen(sites, billId), await seen([], billId)], ["waits", null]);
    const failed = { failed_at: isp.clock.now() };
    await isp.run((trx) => trx.updateTable("unwritten_mails").set(failed).execute());
    const bad = await owner.get(`/admin/bills/${billId}`);
    assert.match(bad.text, /The mail of this bill could not be written/);
    assert.ok(bad.html.includes(`/admin/bills/${billId}/send`));
    assert.match((await owner.get("/admin")).text, /The mails of 2 bills could not be written/);
    await writeMailsOf(isp.context.db, isp.tenantId);
    assert.doesNotMatch((await owner.get(`/admin/bills/${billId}`)).text, /could not be written/);
  });
});

async function sitesOf(isp: Isp, subscriberId: string): Promise<string[]> {
  const { rows } = await isp.run((trx) =>
    sql<{ site_id: string }>`select r.site_id from subscriptions c join routers r on r.tenant_id = c.tenant_id
      and r.id = c.router_id where c.tenant_id = ${isp.tenantId} and c.subscriber_id = ${subscriberId}`
      .execute(trx)
  );
  return rows.map((row) => row.site_id);
}
