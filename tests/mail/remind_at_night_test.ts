import assert from "node:assert/strict";
import { liveUntil, runUntil } from "@/tests/billing/isp.ts";
import { withScene } from "@/tests/support/scene.ts";
import { sendBatch } from "@/web/services/mail/mail_many.ts";
import { giveAddresses, mailsOf, remind, setServer } from "./mail_isp.ts";

Deno.test("reminders by hand at ten in the evening: one for a subscriber, and they wait for the morning", async () => {
  await withScene("2026-02-06T12:00", async ({ isp, app }) => {
    await giveAddresses(isp);
    await setServer(isp);
    await liveUntil(isp, "2026-02-06T12:00");
    await runUntil(isp, "2026-03-02T22:00");
    const owner = await app.signIn(isp.tenantId, "Owner");
    const bills = await isp.run((trx) =>
      trx.selectFrom("bills").select(["id", "subscriber_id", "due_on"]).where("tenant_id", "=", isp.tenantId)
        .where("status", "=", "issued").orderBy("due_on").execute()
    );
    const who = new Set(bills.map((bill) => bill.subscriber_id));
    assert.ok(bills.length > who.size, "somebody has several");
    const which = { all: "yes", filter: "", back: "/admin/bills" };
    const question = await owner.post("/admin/reminders", { ...which, list: "bills" });
    assert.match(question.text, new RegExp(`Mail ${who.size} reminders now\\?`));
    assert.match(question.text, new RegExp(`Remind ${bills.length} bills`));
    assert.match(question.text, /Who has several bills gets one mail\./);
    const quiet = /It is quiet time: they go out at 08:00, Tue, 3 Mar 2026\./;
    assert.match(question.text, quiet);
    const frame = /<iframe[^>]* src="(\/admin\/reminders\/preview[^"]*)"/.exec(question.html)?.[1] ?? "";
    const shown = (await owner.get(frame.replaceAll("&amp;", "&"))).text;
    assert.equal(shown.match(/to pay for/g)?.length, bills.length / who.size, "all bills of one subscriber");
    const of = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(question.html)?.[1] ?? "";
    const key = of("key");
    await owner.post("/admin/reminders", { ...which, step: "do", key, seen: of("seen"), count: of("count") });
    await sendBatch(isp.context, isp.tenantId, key);
    const mine = (await mailsOf(isp, "reminder")).filter((mail) => mail.dedupe_key.startsWith("remind:"));
    assert.equal(mine.length, who.size);
    assert.equal(new Set(mine.map((mail) => mail.who)).size, who.size);
    for (const mail of mine) {
      assert.equal(mail.business_after_at?.toString(), "2026-03-03T00:00:00Z");
      const theirs = bills.filter((bill) => bill.subscriber_id === isp.subscriberIds[mail.who]);
      assert.deepEqual(mail.facts.billIds, theirs.map((bill) => bill.id), "the oldest first");
    }
    const done = (await owner.get(`/admin/reminders/${key}`)).text;
    assert.match(done, quiet);
    assert.match(done, new RegExp(`Bills ${bills.length} Left out 0 Queued ${who.size}`));
    // None of these bills is reminded of once more today, not only the first of each.
    const again = await owner.post("/admin/reminders", { ...which, list: "bills" });
    assert.match(
      again.text,
      new RegExp(`Nobody here gets a reminder.*Reminded by hand today ${bills.length}`),
    );
    await remind(isp, { quiet: null });
    const loud = await owner.post("/admin/reminders", { ...which, list: "bills" });
    assert.doesNotMatch(loud.text, /quiet time/);
  });
});
