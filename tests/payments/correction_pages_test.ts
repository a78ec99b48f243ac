import assert from "node:assert/strict";
import { assertBooksHold, offNow, pay } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { paymentFields, type Scene, withScene } from "../support/scene.ts";

/** The value of a field as it stands on a page. */
function fieldOf(html: string, name: string): string {
  return new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(html)?.[1] ?? "";
}

async function billOf({ isp }: Scene, n: number): Promise<{ id: string; number: string | null }> {
  return await isp.run((trx) =>
    trx.selectFrom("bills").select(["id", "number"]).where("tenant_id", "=", isp.tenantId)
      .where("subscriber_id", "=", isp.subscriberIds[n]!).executeTakeFirstOrThrow()
  );
}

Deno.test("a paid bill is not voided: the page says why and leads to a credit memo, which is printed and voided", async () => {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp, owner } = scene;
    await pay(isp, 0, 1000);
    const bill = await billOf(scene, 0);
    const asked = await owner.get(`/admin/bills/${bill.id}/void`);
    assert.match(asked.text, /This bill is not voided .* is paid with ₱1,000\.00/);
    const refused = await owner.post(`/admin/bills/${bill.id}/void`, { reason: "Wrong" });
    assert.equal(refused.status, 422);
    const link = /href="(\/admin\/subscribers\/[^"]+\/memo\?bill=[^"]+)"/.exec(asked.html)?.[1] ?? "";
    const form = await owner.get(link);
    assert.match(form.text, /At most ₱1,000\.00, which is left of SOA-/);
    const path = link.split("?")[0]!;
    const fields = {
      key: fieldOf(form.html, "key"),
      amount: "120",
      kind: "outage",
      bill: bill.id,
      reason: "Two days without service",
    };
    const preview = await owner.post(path, { ...fields, intent: "preview" });
    assert.equal(preview.status, 200);
    assert.match(preview.text, /Credit left.*₱120\.00/);
    const given = await owner.post(path, fields);
    assert.equal(given.status, 303);
    const again = await owner.post(path, fields);
    assert.equal(again.location.split("?")[0], given.location.split("?")[0], "one form is one memo");
    const memo = await owner.get(given.location);
    assert.match(memo.text, /The credit memo is given/);
    assert.match(memo.text, /Credit memo .*CM-000001.*Outage.*Two days without service.*₱120\.00/);
    assert.match(memo.text, /NOT VALID FOR CLAIM OF INPUT TAX/);
    const list = await owner.get("/admin/memos?q=CM-000001");
    assert.match(list.text, /₱120\.00 given.*CM-000001/);
    assert.match((await owner.get("/admin/memos.csv")).html, /CM-000001/);
    const ledger = await owner.get(`/admin/subscribers/${isp.subscriberIds[0]}/ledger`);
    assert.match(ledger.html, new RegExp(`href="${given.location.split("?")[0]}"`));
    const subscriber = await owner.get(`/admin/subscribers/${isp.subscriberIds[0]}`);
    assert.match(subscriber.text, /Gave CM-000001 of ₱120\.00 \(outage\)/, "on the timeline");
    assert.match(
      (await owner.get(`/admin/bills/${bill.id}`)).text,
      /CM-000001 gave ₱120\.00 of this bill back after it was paid/,
    );
    const memoPath = given.location.split("?")[0]!;
    const question = await owner.get(`${memoPath}/void`);
    assert.match(question.text, /₱120\.00 of credit is gone/);
    const voided = await owner.post(`${memoPath}/void`, { reason: "Wrong person" });
    assert.match((await owner.get(voided.location)).text, /The memo is void/);
    await assertBooksHold(isp);
  });
});

Deno.test("credit is paid back once, shown with what it was drawn from, and a refund that failed is reversed", async () => {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp, owner, app } = scene;
    const payment = await pay(isp, 0, 1400);
    isp.clock.set(isp.clock.now().add({ minutes: 1 }));
    const path = `/admin/subscribers/${isp.subscriberIds[0]}/refund`;
    const cashier = await app.signIn(isp.tenantId, "Cashier");
    assert.equal((await cashier.get(path)).status, 404, "a cashier pays nothing back");
    const form = await owner.get(path);
    assert.equal(fieldOf(form.html, "amount"), "400.00");
    const fields = {
      key: fieldOf(form.html, "key"),
      amount: "400.01",
      method: "gcash",
      reference: "77001",
      reason: "Moves away",
    };
    const above = await owner.post(path, fields);
    assert.equal(above.status, 422);
    assert.match(above.text, /The credit is ₱400\.00\. No more than that/);
    const sent = await owner.post(path, { ...fields, amount: "400" });
    const refund = await owner.get(sent.location);
    assert.match(refund.text, /The refund is recorded.*RF-000001.*GCash, 77001.*From RCPT-000001 ₱400\.00/);
    assert.match((await owner.get(path)).text, /There is no credit/);
    assert.equal(
      (await owner.post(path, { ...fields, amount: "400" })).location.split("?")[0],
      sent.location.split("?")[0],
    );
    assert.match((await owner.get("/admin/refunds?method=gcash")).text, /₱400\.00 paid back.*RF-000001/);
    assert.match((await owner.get("/admin/refunds.csv")).html, /RF-000001.*77001/);
    const receipt = await owner.get(`/admin/payments/${payment.paymentId}`);
    assert.match(receipt.text, /Refund RF-000001 ₱400\.00/);
    assert.match(receipt.html, new RegExp(`href="/admin/bills/${(await billOf(scene, 0)).id}"`));
    assert.match(receipt.html, new RegExp(`href="${sent.location.split("?")[0]}"`));
    const reverse = `/admin/payments/${payment.paymentId}/reverse`;
    assert.match((await owner.get(reverse)).text, /was paid back/);
    const bounced = await owner.post(reverse, { reason: "Bounced" });
    assert.match(bounced.text, /₱400\.00 of RCPT-000001 was paid back with RF-000001/);
    const refundPath = sent.location.split("?")[0]!;
    assert.match((await owner.get(`${refundPath}/reverse`)).text, /₱400\.00 is credit again/);
    const reversed = await owner.post(`${refundPath}/reverse`, { reason: "Wrong number" });
    assert.match((await owner.get(reversed.location)).text, /the credit is back/);
    await assertBooksHold(isp);
  });
});

Deno.test("a write-off says who owes what after and what comes back on; a charge is one bill of one line", async () => {
  await withScene("2026-02-14T10:00", async (scene) => {
    const { isp, app, owner } = scene;
    await pay(isp, 0, 300);
    assert.equal((await offNow(isp)).includes(0), true);
    const bill = await billOf(scene, 0);
    const path = `/admin/bills/${bill.id}/write-off`;
    const asked = await owner.get(path);
    assert.match(asked.text, /Write off ₱700\.00 that Subscriber 00001 owes/);
    assert.match(asked.text, /owes ₱0\.00 after this\. 1 connection comes back on/);
    const fields = {
      key: fieldOf(asked.html, "key"),
      amount: fieldOf(asked.html, "amount"),
      reason: "Left town",
    };
    await pay(isp, 0, 100);
    const changed = await owner.post(path, fields);
    assert.equal(changed.status, 422);
    assert.match(changed.text, /₱600\.00 is owed on it now/);
    const fresh = await owner.get(path);
    const done = await owner.post(path, { ...fields, key: fieldOf(fresh.html, "key"), amount: "600.00" });
    assert.match((await owner.get(done.location)).text, /What was owed is written off/);
    assert.equal((await offNow(isp)).includes(0), false);
    const writtenOff = new URL(done.location, "http://linya.test").pathname;
    const giver = await app.signIn(isp.tenantId, "Billing");
    assert.equal(
      (await giver.get(`${writtenOff}/void`)).status,
      404,
      "who may not write off takes none back",
    );
    assert.equal((await giver.post(`${writtenOff}/void`, { reason: "Wrong" })).status, 404);
    assert.equal((await owner.get(`${writtenOff}/void`)).status, 200);

    const charge = `/admin/subscribers/${isp.subscriberIds[1]}/charge`;
    const form = await owner.get(charge);
    assert.match(form.text, /Due .*21 Feb 2026/);
    const charged = await owner.post(charge, {
      key: fieldOf(form.html, "key"),
      kind: "one_time",
      what: "Router <b>",
      amount: "1,500",
      connection: "",
    });
    const page = await owner.get(charged.location);
    assert.match(
      page.text,
      /The bill is issued.*Router <b> A person charged it once, with these words\. ₱1,500\.00/,
    );
    await assertBooksHold(isp);
  });
});

Deno.test("a BIR invoice makes a bill one that is corrected by a memo; without it the bill is voided and never billed", async () => {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp, owner } = scene;
    const bill = await billOf(scene, 0);
    const noted = await owner.post(`/admin/bills/${bill.id}/invoice`, { invoice: "0000123" });
    assert.match((await owner.get(noted.location)).text, /The invoice number is saved.*0000123/);
    assert.match(
      (await owner.get(`/admin/bills/${bill.id}/void`)).text,
      /reported to the BIR as invoice 0000123/,
    );
    await owner.post(`/admin/bills/${bill.id}/invoice`, { invoice: "" });
    const voided = await owner.post(`/admin/bills/${bill.id}/void`, { reason: "Never on", periods: "never" });
    assert.match((await owner.get(voided.location)).text, /nothing of it is billed again/);
    const period = await isp.run((trx) =>
      trx.selectFrom("charged_periods").select(["state", "why"]).where("tenant_id", "=", isp.tenantId)
        .where("subscription_id", "=", isp.subscriptionIds[0]!).execute()
    );
    assert.deepEqual(period, [{ state: "never", why: "decided" }]);
    await assertBooksHold(isp);
  });
});

Deno.test("a payment for a bill that was voided or paid meanwhile says where it goes; a reversed form says so", async () => {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp, owner } = scene;
    const bill = await billOf(scene, 0);
    const path = `/admin/payments/new?subscriber=${isp.subscriberIds[0]}&bill=${bill.id}`;
    const fields = { ...paymentFields((await owner.get(path)).html), bill: bill.id };
    const call = [isp.context, isp.tenantId, isp.actor] as const;
    assertOk(await voidBill(...call, { billId: bill.id, reason: "Wrong month" }));
    const opened = await owner.get(path);
    assert.match(opened.text, /was voided The money goes to what else is open/);
    const doubted = await owner.post("/admin/payments/new", fields);
    assert.equal(doubted.status, 409);
    assert.match(
      doubted.text,
      /was voided\. Nothing else is open, so ₱1,000\.00 is credit for the next bill/,
    );
    const posted = await owner.post("/admin/payments/new", { ...fields, confirm_target: bill.number ?? "" });
    assert.equal(posted.status, 303);
    const paymentId = /payments\/([^?]+)/.exec(posted.location)?.[1] ?? "";
    assertOk(await reversePayment(...call, { paymentId, reason: "Typed twice" }));
    const resent = await owner.post("/admin/payments/new", { ...fields, confirm_target: bill.number ?? "" });
    assert.match(
      resent.text,
      /This form was RCPT-000001 of ₱1,000\.00, which was reversed since: Typed twice/,
    );

    const other = await billOf(scene, 1);
    const second = `/admin/payments/new?subscriber=${isp.subscriberIds[1]}&bill=${other.id}`;
    const late = { ...paymentFields((await owner.get(second)).html), bill: other.id };
    const key = {
      key: crypto.randomUUID(),
      kind: "goodwill",
      reason: "Flood",
      amount: "1000",
      bill: other.id,
    };
    await owner.post(`/admin/subscribers/${isp.subscriberIds[1]}/memo`, key);
    const paid = await owner.post("/admin/payments/new", late);
    assert.equal(paid.status, 409);
    assert.match(paid.text, /is paid already\. Nothing else is open/);
    await assertBooksHold(isp);
  });
});
