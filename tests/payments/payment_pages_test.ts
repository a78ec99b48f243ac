import assert from "node:assert/strict";
import { offNow, pay } from "@/tests/billing/isp.ts";
import { listPayments } from "@/web/store/payments/payments_page.ts";
import { paymentFields, withScene } from "../support/scene.ts";

Deno.test("a cashier posts a payment in two forms, and the cut connection is enabled at once", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, app }) => {
    const cashier = await app.signIn(isp.tenantId, "Cashier");
    const found = await cashier.get("/admin/payments/new?q=User1");
    assert.equal(found.status, 303, "user1 in full, although user10, user11 and user12 begin with it");
    const form = await cashier.get(found.location);
    assert.match(form.text, /₱1,000\.00 goes to SOA-\d+/);
    assert.match(form.text, /It is enabled on the router at once/);
    const fields = paymentFields(form.html);
    assert.equal(fields.amount, "1000.00");
    assert.equal((await offNow(isp)).includes(0), true);

    const posted = await cashier.post("/admin/payments/new", { ...fields, tendered: "1,500" });
    assert.equal(posted.status, 303);
    const receipt = await cashier.get(posted.location);
    assert.match(receipt.text, /The payment is posted\. Change due: ₱500\.00/);
    assert.match(receipt.text, /Acknowledgement receipt.*Change due ₱500\.00/);
    assert.match(receipt.text, /Being enabled on the router Fiber 50 Queued/);
    assert.equal((await offNow(isp)).includes(0), false);
  });
});

Deno.test("a receipt has its time, the balance after it and the company's block, and keeps them", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const company = { name: "Ilaya Net", phone: "0917 123 4567", address: "12 Rizal St, Ilaya" };
    await isp.run((trx) => trx.updateTable("tenants").set(company).where("id", "=", isp.tenantId).execute());
    const first = await pay(isp, 0, 300);
    isp.clock.set(isp.clock.now().add({ minutes: 1 }));
    const second = await pay(isp, 0, 900);
    const receipt = await owner.get(`/admin/payments/${first.paymentId}`);
    assert.match(receipt.text, /Ilaya Net 12 Rizal St, Ilaya 0917 123 4567/);
    assert.match(receipt.text, /Recorded Tue, 10 Feb 2026, 10:00/);
    assert.match(receipt.text, /Balance after this payment ₱700\.00/, "as it was then, not as it is now");
    assert.match(receipt.text, /Signature of the payer/);
    const later = await owner.get(`/admin/payments/${second.paymentId}`);
    assert.match(later.text, /Credit after this payment ₱200\.00/);
  });
});

Deno.test("what is wrong with a payment is named with its field and leads to it", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const form = await owner.get(`/admin/payments/new?subscriber=${isp.subscriberIds[0]}`);
    const fields = { ...paymentFields(form.html), amount: "abc", received: "2026-02-30" };
    const refused = await owner.post("/admin/payments/new", fields);
    assert.equal(refused.status, 422);
    assert.match(refused.html, /<a href="#f-amount">Amount: /);
    assert.match(refused.html, /<a href="#f-received">[A-Z][^<:]*: /);
  });
});

Deno.test("the same payment form sent twice is one payment", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const form = await owner.get(`/admin/payments/new?subscriber=${isp.subscriberIds[0]}`);
    const fields = paymentFields(form.html);
    const [first, second] = await Promise.all([
      owner.post("/admin/payments/new", fields),
      owner.post("/admin/payments/new", fields),
    ]);
    assert.equal(first.location.split("?")[0], second.location.split("?")[0]);
    const again = await owner.post("/admin/payments/new", fields);
    assert.match((await owner.get(again.location)).text, /It is one payment, shown here/);
    assert.equal((await isp.run((trx) => listPayments(trx, {}, { limit: 9 }))).rows.length, 1);
    const changed = await owner.post("/admin/payments/new", { ...fields, amount: "5" });
    assert.equal(changed.status, 422);
    assert.match(changed.text, /became RCPT-000001/);
  });
});

Deno.test("a preview shows where the money goes and posts nothing", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const form = await owner.get(`/admin/payments/new?subscriber=${isp.subscriberIds[0]}`);
    const fields = { ...paymentFields(form.html), amount: "1,200.50", tendered: "1300", intent: "preview" };
    const preview = await owner.post("/admin/payments/new", fields);
    assert.equal(preview.status, 200);
    assert.match(preview.text, /₱1,200\.50 goes to.*₱1,000\.00 Credit left.*₱200\.50 Change due ₱99\.50/);
    assert.match(preview.html, /name="amount"[^>]*value="1,200\.50"/);
    assert.equal(paymentFields(preview.html).key, fields.key);
    assert.equal((await isp.run((trx) => listPayments(trx, {}, { limit: 9 }))).rows.length, 0);
  });
});

Deno.test("a refused payment keeps what was typed and says what is wrong beside the field", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const form = await owner.get(`/admin/payments/new?subscriber=${isp.subscriberIds[0]}`);
    const fields = { ...paymentFields(form.html), note: "counter 2" };
    const cases: [Record<string, string>, string, RegExp][] = [
      [{ amount: "abc" }, "amount", /digits/],
      [{ amount: "-5" }, "amount", /minus/],
      [{ amount: "1.234" }, "amount", /2 digits/],
      [{ amount: "1e9" }, "amount", /digits/],
      [{ amount: "9".repeat(60) }, "amount", /at most/],
      [{ amount: "0" }, "amount", /above ₱0\.00/],
      [{ amount: "" }, "amount", /Enter an amount/],
      [{ received: "2026-02-31" }, "received", /Feb 2026 has 28 days/],
      [{ received: "2026-02-11" }, "received", /in the future/],
      [{ received: "1999-01-01" }, "received", /from/],
      [{ tendered: "20" }, "tendered", /less than/],
      [{ method: "gcash" }, "reference", /reference number/],
      [{ method: "gcash", tendered: "2000", reference: "1" }, "tendered", /cash only/],
      [{ method: "bitcoin" }, "method", /how it was paid/],
      [{ bill: "not-a-bill" }, "bill", /./],
      [{ note: "x".repeat(201) }, "note", /200/],
    ];
    for (const [changes, field, message] of cases) {
      const answer = await owner.post("/admin/payments/new", { ...fields, ...changes });
      const label = JSON.stringify(changes).slice(0, 80);
      assert.equal(answer.status, 422, label);
      const error = new RegExp(`id="f-${field}-error"[^>]*>.*?</div>`, "s").exec(answer.html)?.[0] ??
        answer.text;
      assert.match(error, message, label);
      if (changes.note === undefined) assert.match(answer.html, /value="counter 2"/, label);
    }
    assert.equal((await isp.run((trx) => listPayments(trx, {}, { limit: 9 }))).rows.length, 0);
  });
});

Deno.test("a large amount and a reference seen before are doubted once, for that value only", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const start = async (n: number) =>
      paymentFields((await owner.get(`/admin/payments/new?subscriber=${isp.subscriberIds[n]}`)).html);
    const large = { ...await start(0), amount: "2000000" };
    const doubted = await owner.post("/admin/payments/new", large);
    assert.equal(doubted.status, 422);
    assert.match(doubted.html, /name="confirm_large" value="2000000"[^>]*>|Post anyway/);
    const other = { ...large, amount: "3000000", confirm_large: "2000000" };
    assert.equal((await owner.post("/admin/payments/new", other)).status, 422);
    const confirmed = await owner.post("/admin/payments/new", { ...large, confirm_large: "2000000" });
    assert.equal(confirmed.status, 303);

    const gcash = { method: "gcash", reference: "GC-1" };
    assert.equal((await owner.post("/admin/payments/new", { ...await start(1), ...gcash })).status, 303);
    const twin = { ...await start(2), ...gcash };
    assert.match((await owner.post("/admin/payments/new", twin)).text, /GC-1 is on RCPT-\d+.*Post anyway/);
    const sure = await owner.post("/admin/payments/new", { ...twin, confirm_reference: "GC-1" });
    assert.equal(sure.status, 303);
  });
});

Deno.test("reversing says its effect in numbers, needs a reason, and cuts nobody", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, owner }) => {
    const { paymentId } = await pay(isp, 0, 1250);
    const path = `/admin/payments/${paymentId}/reverse`;
    assert.match(
      (await owner.get(path)).text,
      /₱1,000\.00 is owed again on SOA-\d+\. ₱250\.00 of credit goes away/,
    );
    const refused = await owner.post(path, { reason: "  " });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /Write a reason/);
    const off = await offNow(isp);
    const done = await owner.post(path, { reason: "Check bounced" });
    assert.equal(done.status, 303);
    assert.match((await owner.get(done.location)).text, /Nobody is cut by this.*Reversed.*Check bounced/);
    assert.deepEqual(await offNow(isp), off);
    assert.equal((await owner.get(path)).status, 303);
  });
});
