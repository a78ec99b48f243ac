import assert from "node:assert/strict";
import { pay, todayOf } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import type { Scene } from "@/tests/support/scene.ts";
import { disputeBill } from "@/web/services/billing/dispute_bill.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { sendBatch } from "@/web/services/mail/mail_many.ts";
import { insertUnwritten } from "@/web/store/mail/unwritten.ts";
import { skipOutbox } from "@/web/store/mail/outbox.ts";
import { billIdsOf, mailsOf, queueOne, setMail, setUpMail, withUnmailedScene } from "./mail_scene.ts";

const NOW = "2026-02-10T22:30";
const PATH = "/admin/reminders/bills";

/** Asks as the list of bills does, and gives the fields of the question. */
async function ask({ owner }: Scene, ids: readonly string[] | "all") {
  const which: Record<string, string | string[]> = ids === "all"
    ? { all: "yes", filter: "", back: "/admin/bills" }
    : { id: [...ids], back: "/admin/bills" };
  const answer = await owner.post(PATH, { ...which, list: "bills" });
  const of = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(answer.html)?.[1] ?? "";
  const fields: Record<string, string | string[]> = { ...which, step: "do" };
  for (const name of ["key", "seen", "count", "filter"]) fields[name] = of(name);
  return { ...answer, fields, key: of("key") };
}

/** Bills 0 to 5: never, skipped, failed, sent, queued, no address; 6 paid, 7 void, 8 disputed. */
async function everyKind({ isp }: Scene): Promise<string[]> {
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  await setUpMail(isp, 12);
  const bills = await billIdsOf(isp);
  const skipped = await queueOne(isp, { n: 1 });
  await isp.run((trx) => skipOutbox(trx, "no_server"));
  await setMail(isp, skipped, { created_on: Temporal.PlainDate.from("2025-12-01") });
  await setMail(isp, await queueOne(isp, { n: 2 }), { state: "failed", reason: "timed_out" });
  await setMail(isp, await queueOne(isp, { n: 3 }), { state: "sent", sent_at: isp.clock.now() });
  await queueOne(isp, { n: 4 });
  await isp.run((trx) =>
    trx.updateTable("subscribers").set({ email: null }).where("id", "=", isp.subscriberIds[5]!).execute()
  );
  await pay(isp, 6, 1_000);
  assertOk(await voidBill(...call, { billId: bills[7]!, reason: "Wrong", periods: "never" }));
  assertOk(await disputeBill(...call, { billId: bills[8]!, amountCentavos: null, reason: "Not mine" }));
  return bills;
}

const billMails = (mails: readonly string[], bills: readonly string[]) =>
  mails.filter((mail) => mail.startsWith("bill_issued"))
    .map((mail) => mail.replace(/[0-9a-f-]{36}$/, (id) => `${bills.indexOf(id)}`)).sort();

Deno.test("many bills are mailed at once: the question says what becomes of which, and sending does exactly that", async () => {
  await withUnmailedScene(NOW, async (scene) => {
    const { isp, owner } = scene;
    const bills = await everyKind(scene);
    assert.match((await owner.get("/admin/bills")).text, /Mail these bills/);
    const question = await ask(scene, bills.slice(0, 9));
    assert.equal(question.status, 200);
    for (
      const said of [
        "Mail 3 bills now?",
        "6 others are left out",
        "Never mailed 1",
        "Skipped before 1",
        "Failed before 1",
        "Mailed already 1",
        "Waits to be sent already 1",
        "No e-mail address 1",
        "Paid 1",
        "The bill is void 1",
        "The bill is disputed 1",
        "Also the 1 bill that was mailed already",
      ]
    ) assert.ok(question.text.includes(said), `${said} in ${question.text}`);
    const before = billMails(await mailsOf(isp), bills);
    assert.deepEqual(billMails(await mailsOf(isp), bills), before, "asking changes nothing");
    const sent = await owner.post(PATH, question.fields);
    assert.equal(sent.location, `/admin/reminders/${question.key}`);
    assert.equal((await owner.post(PATH, question.fields)).status, 303);
    assert.match((await owner.get(sent.location)).text, /Mail bills.*Queuing bills/);
    // Twice at once, and killed before its first chunk.
    await sendBatch(isp.context, isp.tenantId, question.key, { chunks: 0 });
    await Promise.all([1, 2].map(() => sendBatch(isp.context, isp.tenantId, question.key)));
    const after = billMails(await mailsOf(isp), bills);
    assert.deepEqual(
      after,
      [
        "bill_issued failed timed_out bill_issued:2",
        `bill_issued queued - again:${question.key}:2`,
        "bill_issued queued - bill_issued:0",
        "bill_issued queued - bill_issued:1",
        "bill_issued queued - bill_issued:4",
        "bill_issued sent - bill_issued:3",
      ].sort(),
    );
    const done = (await owner.get(sent.location)).text;
    assert.match(done, /Bills 9 Left out 6 Queued 3/);
    assert.doesNotMatch(done, /quiet time/, "a bill does not wait for the morning");
    const waiting = await isp.run((trx) =>
      trx.selectFrom("mail_messages").select("id").where("business_after_at", "is not", null).execute()
    );
    assert.deepEqual(waiting, []);
    const nobody = await ask(scene, bills.slice(4, 9));
    assert.match(nobody.text, /None of these bills can be mailed/);
  });
});

Deno.test("a bill whose mail of its run is being written is left out of many, and none is counted that was not queued", async () => {
  await withUnmailedScene(NOW, async (scene) => {
    const { isp, owner } = scene;
    await setUpMail(isp, 3);
    const bills = (await billIdsOf(isp)).slice(0, 3);
    const queueing = { at: isp.clock.now(), businessOn: todayOf(isp), by: "Ana" };
    await isp.run((trx) => insertUnwritten(trx, crypto.randomUUID(), { ...queueing, billIds: [bills[0]!] }));
    const question = await ask(scene, bills);
    assert.match(question.text, /Mail 2 bills now\?.*Waits to be sent already 1/);
    await owner.post(PATH, question.fields);
    await sendBatch(isp.context, isp.tenantId, question.key);
    assert.equal((await mailsOf(isp)).length, 2);
    assert.match((await owner.get(`/admin/reminders/${question.key}`)).text, /Bills 3 Left out 1 Queued 2/);
    // Of one that could not be written nothing is on its way: a person may.
    await isp.run((trx) => trx.updateTable("unwritten_mails").set({ failed_at: isp.clock.now() }).execute());
    const bad = await ask(scene, [bills[0]!]);
    await owner.post(PATH, bad.fields);
    await sendBatch(isp.context, isp.tenantId, bad.key);
    assert.equal((await mailsOf(isp)).length, 3);
  });
});

Deno.test("what went out already goes a second time only if somebody says so, with a warning", async () => {
  await withUnmailedScene(NOW, async (scene) => {
    const { isp, owner } = scene;
    const bills = await everyKind(scene);
    const both = await ask(scene, [bills[0]!, bills[3]!]);
    await owner.post(PATH, { ...both.fields, again: "yes" });
    await sendBatch(isp.context, isp.tenantId, both.key);
    assert.ok((await mailsOf(isp)).includes(`bill_issued queued - again:${both.key}:${bills[3]}`));
    assert.ok((await mailsOf(isp)).includes(`bill_issued queued - bill_issued:${bills[0]}`));
    await isp.run((trx) =>
      trx.updateTable("mail_messages").set({ state: "sent", sent_at: isp.clock.now() })
        .where("bill_id", "=", bills[3]!).execute()
    );
    const again = await ask(scene, [bills[3]!]);
    assert.match(again.text, /This bill was mailed already and arrives a second time.*Mail 1 bill now\?/);
    assert.match(again.html, /name="again" value="yes"/);
    await owner.post(PATH, { ...again.fields, again: "yes" });
    await sendBatch(isp.context, isp.tenantId, again.key);
    assert.ok((await mailsOf(isp)).includes(`bill_issued queued - again:${again.key}:${bills[3]}`));
  });
});

Deno.test("who may not send mails no bills, and sees no way to", async () => {
  await withUnmailedScene(NOW, async (scene) => {
    const [bill = ""] = await everyKind(scene);
    const reader = await scene.app.signIn(scene.isp.tenantId, ["mail:read", "bill:read"]);
    assert.ok([403, 404].includes((await reader.post(PATH, { id: bill, step: "ask" })).status));
    assert.doesNotMatch((await reader.get("/admin/bills")).text, /Mail these bills/);
    assert.equal((await scene.owner.get(PATH)).location, "/admin/bills");
  });
});
