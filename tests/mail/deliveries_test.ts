import assert from "node:assert/strict";
import { assertOk } from "@/tests/support/expect.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { sendAgain, sendBillNow } from "@/web/services/mail/send_again.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { insertTenant } from "@/web/store/settings/tenants.ts";
import { billIdsOf, mailsOf, queueOne, setMail, setUpMail, withUnmailedScene } from "./mail_scene.ts";

const NOW = "2026-02-10T12:00";

Deno.test("the list of mail says each state in words, narrows by its filters and is a file", async () => {
  await withUnmailedScene(NOW, async ({ isp, owner }) => {
    await setUpMail(isp, 3);
    const sent = await queueOne(isp, { n: 0 });
    await setMail(isp, sent, {
      state: "sent",
      sent_at: isp.clock.now(),
      server_words: "250 2.0.0 Ok: queued as 1A2B",
      is_perhaps_double: true,
      attempts: 2,
    });
    const failed = await queueOne(isp, { n: 1 });
    await setMail(isp, failed, { state: "failed", reason: "server_busy", server_words: "421 4.3.0 Busy" });
    await queueOne(isp, { n: 2, occasion: "reminder" });
    await queueOne(isp, { n: 5 });
    const all = await owner.get("/admin/mail");
    assert.equal(all.status, 200);
    assert.match(all.text, /Sent Perhaps delivered twice/);
    assert.match(all.text, /Failed The server is busy/);
    assert.match(all.text, /Skipped No e-mail address/);
    assert.match(all.text, /s2@mail\.test/);
    const failedOnly = await owner.get("/admin/mail?state=failed");
    assert.match(failedOnly.text, /s1@mail\.test/);
    assert.doesNotMatch(failedOnly.text, /s0@mail\.test/);
    assert.match(failedOnly.text, /1 of 1/);
    for (
      const [query, is, isNot] of [
        ["occasion=reminder", "s2@", "s1@"],
        ["reason=no_address", "Subscriber 00006", "s1@"],
        [`subscriber=${isp.subscriberIds[1]}`, "s1@", "s2@"],
        ["q=00003", "s2@", "s1@"],
        ["from=2026-02-10&to=2026-02-10", "s1@", "nothing"],
      ] as const
    ) {
      const { text } = await owner.get(`/admin/mail?${query}`);
      assert.ok(text.includes(is) && !text.includes(isNot), query);
    }
    assert.match(
      (await owner.get("/admin/mail?from=2026-02-11")).text,
      /Nothing matches|no messages|matches/i,
    );
    const file = await owner.get("/admin/mail.csv");
    assert.match(file.html, /421 4\.3\.0 Busy/);
    assert.equal(file.html.trim().split("\n").length, 5);
  });
});

Deno.test("pages of mail: one page follows the other, each message once", async () => {
  await withUnmailedScene(NOW, async ({ isp, owner }) => {
    await setUpMail(isp, 12);
    for (let i = 0; i < 120; i++) await queueOne(isp, { n: i % 12, occasion: "reminder", key: `k:${i}` });
    const seen = new Set<string>();
    let path = "/admin/mail";
    for (let i = 0; i < 3; i++) {
      const { html } = await owner.get(path);
      for (const [, id] of html.matchAll(/href="\/admin\/mail\/([0-9a-f-]{36})"/g)) seen.add(id!);
      const next = /href="([^"]*after=[^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
      if (next === undefined) break;
      path = next;
    }
    assert.equal(seen.size, 120);
  });
});

Deno.test("a message's page has everything about it and the lines of the system log", async () => {
  await withUnmailedScene(NOW, async ({ isp, owner }) => {
    await setUpMail(isp, 1);
    const id = await queueOne(isp, { n: 0 });
    await setMail(isp, id, {
      state: "refused",
      reason: "recipient_refused",
      server_words: "550 5.1.1 No such user",
      message_id: "<soa-1@ilaya.test>",
    });
    const { insertSystemLog } = await import("@/web/store/access/system_log.ts");
    await isp.run((trx) =>
      insertSystemLog(trx, {
        at: isp.clock.now(),
        level: "warn",
        source: "mail",
        event: "mail_refused",
        message: "The address was refused",
        reference: id,
      })
    );
    assert.ok((await owner.get("/admin/logs")).html.includes(`href="/admin/mail/${id}"`));
    const { text } = await owner.get(`/admin/mail/${id}`);
    for (
      const words of [
        "Reason Mailbox unknown",
        "550 5.1.1 No such user",
        "<soa-1@ilaya.test>",
        "s0@mail.test",
        "The address was refused",
        "Subscriber 00001",
      ]
    ) {
      assert.ok(text.includes(words), `${words} in ${text}`);
    }
  });
});

Deno.test("send again says when and to whom it went, and the same form twice is one message", async () => {
  await withUnmailedScene(NOW, async ({ isp, owner }) => {
    await setUpMail(isp, 1);
    const id = await queueOne(isp, { n: 0 });
    await setMail(isp, id, { state: "sent", sent_at: isp.clock.now() });
    const question = await owner.get(`/admin/mail/${id}/again`);
    assert.match(question.text, /It went to s0@mail\.test on Tue, 10 Feb 2026/);
    const key = /name="key" value="([^"]+)"/.exec(question.html)![1]!;
    const first = await owner.post(`/admin/mail/${id}/again`, { key });
    const second = await owner.post(`/admin/mail/${id}/again`, { key });
    assert.equal(first.status, 303);
    assert.equal(second.location.replace(/&?about=.*/, ""), first.location.replace(/&?about=.*/, ""));
    assert.deepEqual(
      (await mailsOf(isp)).filter((mail) => mail.includes("again:")),
      [`bill_issued queued - again:${key}`],
    );
    // The new one waits: nothing is queued beside it.
    const again = /\/admin\/mail\/([0-9a-f-]{36})/.exec(first.location)![1]!;
    assert.match((await owner.get(`/admin/mail/${again}/again`)).text, /It waits to be sent already/);
    const call = [isp.context, isp.tenantId, isp.actor] as const;
    const refused = await sendAgain(...call, { mailId: again, key: crypto.randomUUID() });
    assert.ok(!refused.ok && refused.code === "mail_waits_already");
  });
});

Deno.test("nothing is sent again about a void bill, to a refused address, or of a kind that is switched off", async () => {
  await withUnmailedScene(NOW, async ({ isp, owner }) => {
    await setUpMail(isp, 3);
    const call = [isp.context, isp.tenantId, isp.actor] as const;
    const ids: string[] = [];
    for (const n of [0, 1, 2]) {
      const id = await queueOne(isp, { n });
      await setMail(isp, id, { state: "failed" });
      ids.push(id);
    }
    const [bill] = await billIdsOf(isp);
    assertOk(await voidBill(...call, { billId: bill!, reason: "Wrong" }));
    const again = async (n: number) => {
      const sent = await sendAgain(...call, { mailId: ids[n]!, key: crypto.randomUUID() });
      return sent.ok ? "sent" : `${sent.code} ${String(sent.values?.why ?? "")}`.trim();
    };
    assert.equal(await again(0), "mail_of_void_bill");
    assert.match((await owner.get(`/admin/mail/${ids[0]}/again`)).text, /The bill is void/);
    await isp.run(async (trx) => {
      await trx.insertInto("mail_refusals").values({
        tenant_id: isp.tenantId,
        address_lower: "s1@mail.test",
        kind: "hard",
        source: "server",
        words: "550 No such user",
        refused_at: isp.clock.now(),
      }).execute();
    });
    assert.equal(await again(1), "mail_not_sendable refused_address");
    await isp.run((trx) =>
      trx.insertInto("reminder_settings").values({
        tenant_id: isp.tenantId,
        before_due_days: [3],
        before_cut_days: [1],
        silent_occasions: ["bill_issued"],
        cut_needs_notice: false,
        unreachable: "go_on",
        revision: 1,
        saved_at: isp.clock.now(),
        saved_by: "Ana",
      }).execute()
    );
    assert.equal(await again(2), "mail_not_sendable silent");
  });
});

Deno.test("a bill whose mail was skipped is mailed once its address is known, and never a second time by itself", async () => {
  await withUnmailedScene(NOW, async ({ isp, owner }) => {
    await setUpMail(isp, 1);
    const call = [isp.context, isp.tenantId, isp.actor] as const;
    const bills = await billIdsOf(isp);
    await queueOne(isp, { n: 4 });
    assert.match((await owner.get(`/admin/bills/${bills[4]}`)).text, /Skipped no e-mail address/);
    const blocked = await owner.get(`/admin/bills/${bills[4]}/send`);
    assert.match(blocked.text, /The subscriber has no e-mail address/);
    await isp.run((trx) =>
      trx.updateTable("subscribers").set({ email: "new@mail.test" }).where("id", "=", isp.subscriberIds[4]!)
        .execute()
    );
    assert.match((await owner.get(`/admin/bills/${bills[4]}/send`)).text, /to new@mail\.test\?/);
    const sent = await owner.post(`/admin/bills/${bills[4]}/send`, {});
    assert.match(sent.location, /^\/admin\/mail\/[0-9a-f-]{36}\?done=now/);
    assert.match((await owner.get(sent.location)).text, /Queued.*new@mail\.test/);
    // The scheduler comes by: nothing more.
    await queueOne(isp, { n: 4 });
    assert.deepEqual(await mailsOf(isp), [`bill_issued queued - bill_issued:${bills[4]}`]);
    const twice = await sendBillNow(...call, { billId: bills[4]! });
    assert.ok(!twice.ok && twice.code === "mail_waits_already");
    // One that was never queued at all.
    assertOk(await sendBillNow(...call, { billId: bills[0]! }));
    await queueOne(isp, { n: 0 });
    assert.equal((await mailsOf(isp)).length, 2);
  });
});

Deno.test("bill and subscriber show what was mailed; the list of bills has its chip", async () => {
  await withUnmailedScene(NOW, async ({ isp, owner }) => {
    await setUpMail(isp, 1);
    const id = await queueOne(isp, { n: 0 });
    await setMail(isp, id, { state: "sent", sent_at: isp.clock.now() });
    const [bill] = await billIdsOf(isp);
    for (const path of [`/admin/bills/${bill}`, `/admin/subscribers/${isp.subscriberIds[0]}`]) {
      const { html, text } = await owner.get(path);
      assert.ok(html.includes(`/admin/mail/${id}`), path);
      assert.match(text, /Deliveries Bill Sent/, path);
    }
    assert.match((await owner.get("/admin/bills")).text, /Mailed/);
    assert.match((await owner.get("/admin/bills")).html, /pill ok">Sent/);
    const reader = await (await createWebApp(isp.context)).signIn(isp.tenantId, [
      "bill:read",
      "subscriber:read",
    ]);
    assert.doesNotMatch((await reader.get(`/admin/bills/${bill}`)).text, /Deliveries/);
    assert.doesNotMatch((await reader.get("/admin/bills")).text, /Mailed/);
  });
});

Deno.test("who may read mail does not send it, and a neighbour sees none of it", async () => {
  await withUnmailedScene(NOW, async ({ isp, app }) => {
    await setUpMail(isp, 1);
    const id = await queueOne(isp, { n: 0 });
    await setMail(isp, id, { state: "sent", sent_at: isp.clock.now() });
    const [bill] = await billIdsOf(isp);
    const reader = await app.signIn(isp.tenantId, ["mail:read", "bill:read"]);
    assert.equal((await reader.get(`/admin/mail/${id}`)).status, 200);
    assert.doesNotMatch((await reader.get(`/admin/mail/${id}`)).text, /Send again/);
    for (
      const [path, fields] of [
        [`/admin/mail/${id}/again`, { key: crypto.randomUUID() }],
        [`/admin/bills/${bill}/send`, {}],
        ["/admin/mail/refused/again", { id: "s0@mail.test" }],
        ["/admin/reminders", { id: bill!, step: "ask" }],
      ] as const
    ) {
      assert.ok([403, 404].includes((await reader.post(path, fields)).status), path);
    }
    const other = await app.signIn(isp.tenantId, ["bill:read"]);
    for (const path of ["/admin/mail", "/admin/mail.csv", `/admin/mail/${id}`, "/admin/mail/refused"]) {
      assert.ok([403, 404].includes((await other.get(path)).status), path);
    }
    const tenantId = crypto.randomUUID();
    await withTenant(
      isp.context.db,
      tenantId,
      (trx) => insertTenant(trx, { slug: "kapitbahay", name: "Kapitbahay Net", timeZone: "Asia/Manila" }),
    );
    const neighbour = await app.signIn(tenantId, "Owner");
    assert.doesNotMatch((await neighbour.get("/admin/mail")).text, /s0@mail/);
    assert.equal((await neighbour.get(`/admin/mail/${id}`)).status, 404);
    const foreign = await sendAgain(isp.context, tenantId, isp.actor, {
      mailId: id,
      key: crypto.randomUUID(),
    });
    assert.ok(!foreign.ok && foreign.code === "mail_not_found");
  });
});
