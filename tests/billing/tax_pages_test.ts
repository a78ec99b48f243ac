import assert from "node:assert/strict";
import { liveUntil } from "./isp.ts";
import { paymentFields, withScene } from "@/tests/support/scene.ts";

const TAX = {
  revision: "0",
  mode: "vat_exclusive",
  rate: "12",
  from: "2026-02-03",
  tin: "123456789",
  registeredName: "Ilaya Net Services",
};

Deno.test("how bills are taxed is saved once its effect was seen; bills and statements show the VAT then", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, app, owner }) => {
    const page = await owner.get("/admin/settings/tax");
    assert.match(page.text, /Tax now VAT Bills have no VAT\./);
    assert.match(page.text, /Ask your accountant/);
    for (
      const [field, value, says] of [
        ["rate", "0", /above zero/],
        ["rate", "twelve", /above zero/],
        ["from", "2026-02-02", /Bills that were issued keep their tax/],
        ["tin", "12", /nine digits/],
        ["tin", "", /Fill in both/],
      ] as const
    ) {
      const refused = await owner.post("/admin/settings/tax", { ...TAX, [field]: value });
      assert.ok(refused.status >= 400, `${field} ${value}`);
      assert.match(refused.text, says);
    }
    const none = await owner.get("/admin/reports/vat");
    assert.match(none.text, /Nothing with VAT was posted\. The company is not registered for VAT/);
    assert.match(none.html, /href="\/admin\/settings\/tax"/);
    const asked = await owner.post("/admin/settings/tax", TAX);
    assert.equal(asked.status, 409);
    assert.match(asked.text, /a bill of a price of ₱1,000\.00 asks for ₱1,120\.00, of it VAT ₱120\.00/);
    const confirm = /name="confirm_effect"[^>]*value="([^"]*)"/.exec(asked.html)?.[1] ?? "";
    const other = await owner.post("/admin/settings/tax", { ...TAX, rate: "10", confirm_effect: confirm });
    assert.equal(other.status, 409, "another rate has another effect");
    const saved = await owner.post("/admin/settings/tax", { ...TAX, confirm_effect: confirm });
    assert.equal(saved.status, 303);
    assert.match(
      (await owner.get(saved.location)).text,
      /VAT of 12 % comes on top of the prices\. TIN 123-456-789/,
    );
    await liveUntil(isp, "2026-03-02T10:00");
    // A month later the owner has to sign in again.
    const later = await app.signIn(isp.tenantId, "Owner");
    const { id, subscriber_id: subscriber } = await isp.run((trx) =>
      trx.selectFrom("bills").select(["id", "subscriber_id"]).where("tenant_id", "=", isp.tenantId)
        .where("tax_mode", "=", "vat_exclusive").orderBy("number").limit(1).executeTakeFirstOrThrow()
    );
    const bill = await later.get(`/admin/bills/${id}`);
    assert.match(bill.text, /₱1,000\.00 Sales without VAT ₱1,000\.00 VAT 12 % ₱120\.00 Total ₱1,120\.00/);
    assert.match(bill.text, /NOT VALID FOR CLAIM OF INPUT TAX/);
    const statement = await later.get(`/admin/subscribers/${subscriber}/statement`);
    assert.match(
      statement.text,
      /VAT of these days Sales without VAT ₱1,000\.00 VAT ₱120\.00 Total with VAT ₱1,120\.00/,
    );
    assert.match(statement.text, /TIN 123-456-789/);
    const past = await later.get(`/admin/subscribers/${subscriber}/statement?from=2026-01-01&on=2026-02-28`);
    assert.doesNotMatch(past.text, /VAT of these days/);
    const report = await later.get("/admin/reports/vat");
    assert.match(report.text, /Mar(ch)? 2026 ₱[\d,]+\.00 ₱[\d,]+\.00/);
    const file = await later.get("/admin/reports/vat.csv");
    assert.match(file.html, /"2026-03",/);
  });
});

Deno.test("who withholds is offered the certificate: money in one payment, the rest by its number", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, owner }) => {
    const subscriber = isp.subscriberIds[3]!;
    const edit = await owner.get(`/admin/subscribers/${subscriber}/edit`);
    const name = /name="name"[^>]*value="([^"]*)"/.exec(edit.html)?.[1] ?? "";
    const contact = { name, phone: "", email: "", address: "", barangay: "", city: "", notes: "" };
    const wrong = await owner.post(`/admin/subscribers/${subscriber}/edit`, {
      ...contact,
      withholding: "40",
    });
    assert.equal(wrong.status, 422);
    const set = await owner.post(`/admin/subscribers/${subscriber}/edit`, { ...contact, withholding: "2" });
    assert.equal(set.status, 303);
    const form = await owner.get(`/admin/payments/new?subscriber=${subscriber}`);
    assert.match(form.text, /Tax is withheld: ₱980\.00 in money, ₱20\.00 by certificate 2307/);
    assert.equal(paymentFields(form.html).amount, "980.00");
    const paid = await owner.post("/admin/payments/new", paymentFields(form.html));
    assert.equal(paid.status, 303);
    const certificate = await owner.get(
      `/admin/payments/new?subscriber=${subscriber}&method=withholding_2307`,
    );
    const fields = { ...paymentFields(certificate.html), method: "withholding_2307" };
    assert.equal(fields.amount, "20.00");
    const bare = await owner.post("/admin/payments/new", fields);
    assert.equal(bare.status, 422, "a certificate has a number");
    const above = await owner.post("/admin/payments/new", {
      ...fields,
      amount: "20.01",
      reference: "2307-9",
    });
    assert.match(above.text, /₱20\.00 at most/);
    const posted = await owner.post("/admin/payments/new", { ...fields, reference: "2307-9" });
    assert.equal(posted.status, 303);
    const receipt = await owner.get(posted.location);
    assert.match(receipt.text, /Certificate 2307/);
    const other = await owner.get(
      `/admin/payments/new?subscriber=${isp.subscriberIds[4]!}&method=withholding_2307`,
    );
    assert.doesNotMatch(other.html, /<option value="withholding_2307"/);
    const report = await owner.get("/admin/reports/certificates?show=all");
    assert.match(report.text, /2307-9/);
  });
});
