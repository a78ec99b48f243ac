import assert from "node:assert/strict";
import { assertOk } from "@/tests/support/expect.ts";
import { type Scene, withScene } from "@/tests/support/scene.ts";
import { pay } from "@/tests/billing/isp.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { mailMany, sendBatch } from "@/web/services/mail/mail_many.ts";
import { digestOf } from "@/web/services/subscribers/bulk.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { insertTenant } from "@/web/store/settings/tenants.ts";
import { billIdsOf, mailsOf, setUpMail } from "./mail_scene.ts";

const NOW = "2026-02-10T12:00";

/** Asks as the list of bills does, and gives the hidden fields of the question. */
async function ask({ owner }: Scene, ids: readonly string[] | "all") {
  const which: Record<string, string | string[]> = ids === "all"
    ? { all: "yes", filter: "", back: "/admin/bills" }
    : { id: [...ids], back: "/admin/bills" };
  const answer = await owner.post("/admin/reminders", { ...which, list: "bills" });
  const of = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(answer.html)?.[1] ?? "";
  return {
    ...answer,
    fields: {
      ...which,
      step: "do",
      key: of("key"),
      seen: of("seen"),
      count: of("count"),
      filter: of("filter"),
    },
  };
}

function remindersOf(mails: readonly string[]): string[] {
  return mails.filter((mail) => mail.includes("remind:"));
}

Deno.test("the preview says how many get a reminder and why the others do not; sending does exactly that", async () => {
  await withScene(NOW, async (scene) => {
    const { isp, owner, app } = scene;
    const call = [isp.context, isp.tenantId, isp.actor] as const;
    await setUpMail(isp, 8);
    const bills = await billIdsOf(isp);
    await pay(isp, 0, 1_000);
    assertOk(await voidBill(...call, { billId: bills[1]!, reason: "Wrong" }));
    await isp.run(async (trx) => {
      await trx.insertInto("mail_refusals").values({
        tenant_id: isp.tenantId,
        address_lower: "s2@mail.test",
        kind: "hard",
        source: "server",
        words: "550 No such user",
        refused_at: isp.clock.now(),
      }).execute();
      await trx.updateTable("subscribers").set({ mail_wanted: "no_reminders" })
        .where("id", "=", isp.subscriberIds[3]!).execute();
      await trx.updateTable("bills").set((eb) => ({ disputed_centavos: eb.ref("total_centavos") }))
        .where("id", "=", bills[4]!).execute();
    });
    const question = await ask(scene, "all");
    assert.equal(question.status, 200);
    assert.match(question.text, /Mail 3 reminders now\?/);
    for (
      const line of [
        "Paid 1",
        "The bill is void 1",
        "The address was refused before 1",
        "Not wanted 1",
        "The bill is disputed 1",
        "No e-mail address 4",
      ]
    ) {
      assert.ok(question.text.includes(line), `${line} in ${question.text}`);
    }
    // As the first of the three will read it, in their language.
    await isp.run((trx) =>
      trx.updateTable("subscribers").set({ language: "fil" }).where("id", "in", isp.subscriberIds.slice(5, 8))
        .execute()
    );
    const frame = /<iframe[^>]* src="(\/admin\/reminders\/preview[^"]*)"/.exec(question.html)?.[1] ?? "";
    const mail = await owner.get(frame);
    assert.match(mail.text, /With Subscriber 0000[678].*Subject: Paalala.*Subscriber 0000[678]/);
    assert.match(mail.headers.get("content-security-policy") ?? "", /default-src 'none'.*sandbox/);
    const sender = await app.signIn(isp.tenantId, ["mail:send"]);
    assert.ok([403, 404].includes((await sender.get(frame)).status));
    const sent = await owner.post("/admin/reminders", question.fields);
    assert.match(sent.location, /^\/admin\/reminders\/[0-9a-f-]{36}/);
    const batchId = question.fields.key;
    // The same form sent twice.
    assert.equal((await owner.post("/admin/reminders", question.fields)).status, 303);
    assert.match((await owner.get(`/admin/reminders/${batchId}`)).text, /Queuing reminders/);
    await sendBatch(isp.context, isp.tenantId, batchId);
    await sendBatch(isp.context, isp.tenantId, batchId);
    assert.deepEqual(
      remindersOf(await mailsOf(isp)).sort(),
      [5, 6, 7].map((n) => `reminder queued - remind:${batchId}:${bills[n]}`).sort(),
    );
    const done = (await owner.get(`/admin/reminders/${batchId}`)).text;
    assert.match(done, /Queued 3/);
    assert.match(done, /Left out 9/);
  });
});

Deno.test("a bill is reminded of by hand once a day, whoever asks, and again the next day", async () => {
  await withScene(NOW, async (scene) => {
    const { isp } = scene;
    await setUpMail(isp, 12);
    const bills = await billIdsOf(isp);
    const send = async () => {
      const { fields } = await ask(scene, bills.slice(0, 2));
      await scene.owner.post("/admin/reminders", fields);
      await sendBatch(isp.context, isp.tenantId, fields.key);
    };
    await send();
    const again = await ask(scene, bills.slice(0, 2));
    assert.match(again.text, /Nobody here gets a reminder/);
    assert.match(again.text, /Reminded by hand today 2/);
    // Two that were asked before either was done.
    const others = bills.slice(2, 4);
    const [one, two] = [await ask(scene, others), await ask(scene, others)];
    for (const { fields } of [one, two]) await scene.owner.post("/admin/reminders", fields);
    await Promise.all(
      [one, two].map(({ fields }) => sendBatch(isp.context, isp.tenantId, fields.key)),
    );
    assert.equal(remindersOf(await mailsOf(isp)).length, 4);
    isp.clock.set(isp.clock.now().add({ hours: 24 }));
    scene.owner = await scene.app.signIn(isp.tenantId, "Owner");
    await send();
    assert.equal(remindersOf(await mailsOf(isp)).length, 6);
  });
});

Deno.test("who pays between the question and the sending gets no reminder; a killed job goes on", async () => {
  await withScene(NOW, async (scene) => {
    const { isp } = scene;
    await setUpMail(isp, 12);
    const bills = await billIdsOf(isp);
    const { fields } = await ask(scene, bills);
    await scene.owner.post("/admin/reminders", fields);
    await pay(isp, 3, 1_000);
    await sendBatch(isp.context, isp.tenantId, fields.key, { chunks: 0 });
    await sendBatch(isp.context, isp.tenantId, fields.key);
    const sent = remindersOf(await mailsOf(isp));
    assert.equal(sent.length, 11);
    assert.ok(sent.every((mail) => !mail.endsWith(bills[3]!)));
  });
});

Deno.test("a list that changed is asked about again, and nothing ticked leads back", async () => {
  await withScene(NOW, async (scene) => {
    const { isp, owner } = scene;
    await setUpMail(isp, 12);
    const { fields } = await ask(scene, "all");
    const call = [isp.context, isp.tenantId, isp.actor] as const;
    const refused = await mailMany(...call, {
      key: fields.key,
      occasion: "reminder",
      read: () => Promise.resolve([crypto.randomUUID()]),
      seen: fields.seen,
    });
    assert.ok(!refused.ok && refused.code === "mail_list_changed");
    const none = await owner.post("/admin/reminders", { list: "bills", back: "/admin/bills" });
    assert.match(none.location, /done=nothing_ticked/);
    assert.equal((await owner.get("/admin/reminders")).location, "/admin/bills");
  });
});

Deno.test("ids of another company remind nobody, and its batch is not there", async () => {
  await withScene(NOW, async (scene) => {
    const { isp, app } = scene;
    await setUpMail(isp, 12);
    const bills = await billIdsOf(isp);
    const { fields } = await ask(scene, bills);
    await scene.owner.post("/admin/reminders", fields);
    const tenantId = crypto.randomUUID();
    await withTenant(
      isp.context.db,
      tenantId,
      (trx) => insertTenant(trx, { slug: "kapitbahay", name: "Kapitbahay Net", timeZone: "Asia/Manila" }),
    );
    const neighbour = await app.signIn(tenantId, "Owner");
    assert.equal((await neighbour.get(`/admin/reminders/${fields.key}`)).status, 404);
    await sendBatch(isp.context, tenantId, fields.key);
    assert.deepEqual(remindersOf(await mailsOf(isp)), []);
    const { text } = await neighbour.post("/admin/reminders", {
      id: bills,
      list: "bills",
      back: "/admin/bills",
    });
    assert.match(text, /Nobody here gets a reminder/);
    const nobody = { ...isp, tenantId };
    const refused = await mailMany(nobody.context, tenantId, isp.actor, {
      key: crypto.randomUUID(),
      occasion: "reminder",
      read: () => Promise.resolve([]),
      seen: await digestOf([]),
    });
    assert.ok(!refused.ok && refused.code === "mail_nobody_chosen");
  });
});

Deno.test("a reminder by hand leaves out whom the ladder leaves out: part disputed, ended", async () => {
  await withScene(NOW, async (scene) => {
    const { isp } = scene;
    await setUpMail(isp, 4);
    const bills = await billIdsOf(isp);
    await isp.run(async (trx) => {
      await trx.updateTable("bills").set({ disputed_centavos: 100n }).where("id", "=", bills[0]!).execute();
      await trx.updateTable("subscriptions").set({ status: "cancelled", next_bill_on: null })
        .where("id", "=", isp.subscriptionIds[1]!).execute();
    });
    const { text } = await ask(scene, bills.slice(0, 3));
    assert.match(text, /Mail 1 reminder now\?/);
    for (const line of ["Bill is disputed 1", "Service has ended 1"]) {
      assert.ok(text.toLowerCase().includes(line.toLowerCase()), `${line} in ${text}`);
    }
  });
});
