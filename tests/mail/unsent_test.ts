import assert from "node:assert/strict";
import { pay } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { type Scene } from "@/tests/support/scene.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { sendUnsent } from "@/web/services/mail/send_unsent.ts";
import { removeMail } from "@/web/services/settings/save_mail.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { skipOutbox } from "@/web/store/mail/outbox.ts";
import { insertTenant } from "@/web/store/settings/tenants.ts";
import { billIdsOf, mailsOf, queueOne, setMail, setUpMail, withUnmailedScene } from "./mail_scene.ts";

const NOW = "2026-02-10T12:00";

/** Eight bills and a reminder wait when sending is stopped; a ninth is issued meanwhile; then a server is set again. */
async function stopAndSetAgain({ isp }: Scene): Promise<string[]> {
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  await setUpMail(isp, 12);
  const ids: string[] = [];
  for (let n = 0; n < 8; n++) ids.push(await queueOne(isp, { n }));
  await queueOne(isp, { n: 0, occasion: "reminder" });
  assertOk(await removeMail(...call));
  await isp.run((trx) => skipOutbox(trx, "no_server"));
  isp.clock.advance({ minutes: 5 });
  ids.push(await queueOne(isp, { n: 8 }));
  await setUpMail(isp, 12);
  return ids;
}

const numbersOf = (mails: readonly string[], bills: readonly string[], what: string) =>
  mails.filter((mail) => mail.startsWith(`bill_issued ${what} `) && !mail.includes("again:"))
    .map((mail) => bills.indexOf(mail.split(":")[1]!)).sort();

Deno.test("what was skipped by a stop is sent all together: the question says how many, the oldest and what is left out", async () => {
  await withUnmailedScene(NOW, async (scene) => {
    const { isp, owner } = scene;
    const call = [isp.context, isp.tenantId, isp.actor] as const;
    const ids = await stopAndSetAgain(scene);
    const bills = await billIdsOf(isp);
    assert.ok((await mailsOf(isp)).every((mail) => mail.includes("skipped no_server")));
    await pay(isp, 0, 1_000);
    await isp.run((trx) => skipOutbox(trx, "no_address"));
    await queueOne(isp, { n: 3, key: "again:one" });
    assertOk(await voidBill(...call, { billId: bills[1]!, reason: "Wrong", periods: "never" }));
    await isp.run((trx) =>
      trx.updateTable("subscribers").set({ email: null }).where("id", "=", isp.subscriberIds[2]!).execute()
    );
    await setMail(isp, ids[4]!, {
      created_at: isp.clock.now().subtract({ hours: 24 * 30 + 1 }),
    });
    const list = await owner.get("/admin/mail?state=skipped");
    // The paid one is not worth a look, and neither are a reminder and what is too old.
    assert.match(list.text, /7 mails were skipped while no mail server was set/);
    const question = await owner.get("/admin/mail/unsent");
    assert.match(question.text, /Send 4 mails now\?/);
    assert.match(question.text, /the oldest is of Tue, 10 Feb 2026\. /);
    assert.match(question.text, /5 others are left out/);
    for (
      const line of [
        "Paid meanwhile 1",
        "The bill is void 1",
        "No e-mail address 1",
        "Sent again since 1",
        "A reminder is not sent late 1",
      ]
    ) {
      assert.ok(question.text.includes(line), `${line} in ${question.text}`);
    }
    const seen = /name="seen" value="([^"]*)"/.exec(question.html)?.[1] ?? "";
    const sent = await owner.post("/admin/mail/unsent", { seen });
    assert.match(sent.location, /^\/admin\/mail\?state=queued&done=unsent/);
    const after = await mailsOf(isp);
    assert.deepEqual(numbersOf(after, bills, "queued"), [5, 6, 7, 8]);
    const why = (n: number) => after.find((mail) => mail.endsWith(` bill_issued:${bills[n]}`));
    assert.match(why(0) ?? "", /skipped paid_meanwhile/);
    assert.match(why(1) ?? "", /skipped bill_void/);
    assert.match(why(4) ?? "", /skipped no_server/);
    // The same form sent twice, and a page that was open: nothing is queued again, nothing is offered any more.
    await owner.post("/admin/mail/unsent", { seen });
    assert.deepEqual(await mailsOf(isp), after);
    assert.doesNotMatch((await owner.get("/admin/mail?state=skipped")).text, /skipped while no mail server/);
    assert.match((await owner.get("/admin/mail/unsent")).text, /Nothing that was skipped can still be sent/);
  });
});

Deno.test("what changed since the question is asked about again; who may not send and another company send nothing", async () => {
  await withUnmailedScene(NOW, async (scene) => {
    const { isp, owner, app } = scene;
    await stopAndSetAgain(scene);
    const question = await owner.get("/admin/mail/unsent");
    assert.match(question.text, /Send 9 mails now\?/);
    const seen = /name="seen" value="([^"]*)"/.exec(question.html)?.[1] ?? "";
    await pay(isp, 0, 1_000);
    const before = await mailsOf(isp);
    const changed = await owner.post("/admin/mail/unsent", { seen });
    assert.match(changed.text, /The list has changed/);
    assert.match(changed.text, /Send 8 mails now\?/);
    const reader = await app.signIn(isp.tenantId, ["mail:read"]);
    assert.ok([403, 404].includes((await reader.post("/admin/mail/unsent", { seen })).status));
    assert.doesNotMatch((await reader.get("/admin/mail?state=skipped")).text, /See what can be sent/);
    const tenantId = crypto.randomUUID();
    await withTenant(
      isp.context.db,
      tenantId,
      (trx) => insertTenant(trx, { slug: "kapitbahay", name: "Kapitbahay Net", timeZone: "Asia/Manila" }),
    );
    assert.deepEqual(assertOk(await sendUnsent(isp.context, tenantId, isp.actor, { seen })), { count: 0 });
    assert.deepEqual(await mailsOf(isp), before);
  });
});

Deno.test("without a server nothing is sent and nothing forgets why it was skipped", async () => {
  await withUnmailedScene(NOW, async (scene) => {
    const { isp } = scene;
    const call = [isp.context, isp.tenantId, isp.actor] as const;
    await stopAndSetAgain(scene);
    assertOk(await removeMail(...call));
    const before = await mailsOf(isp);
    const refused = await sendUnsent(...call, { seen: "" });
    assert.ok(!refused.ok && refused.code === "mail_nobody_chosen");
    assert.deepEqual(await mailsOf(isp), before);
  });
});
