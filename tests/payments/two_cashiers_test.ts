import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { assertBooksHold, createIsp, liveUntil } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp, type PageUser } from "@/tests/support/web_app.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";

function fieldsOf(html: string): Record<string, string> {
  const form = /<form[^>]*action="\/admin\/payments\/new"[\s\S]*?<\/form>/.exec(html)?.[0] ?? "";
  const fields: Record<string, string> = {};
  for (const [tag] of form.matchAll(/<input\b[^>]*>/g)) {
    const name = /\bname="([^"]*)"/.exec(tag)?.[1];
    if (name !== undefined) fields[name] = /\bvalue="([^"]*)"/.exec(tag)?.[1] ?? "";
  }
  return { ...fields, method: "cash" };
}

Deno.test("of two payment forms for one bill the second asks, a second payment is still possible, and a form sent twice is one", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-05T10:00");
  const app = await createWebApp(isp.context);
  const [ana, ben] = [await app.signIn(isp.tenantId, "Cashier"), await app.signIn(isp.tenantId, "Cashier")];
  const open = async (user: PageUser, n = 0) =>
    fieldsOf((await user.get(`/admin/payments/new?subscriber=${isp.subscriberIds[n]}`)).html);
  const [first, second] = [await open(ana), await open(ben)];
  assert.equal(first.shown, "100000");
  const posted = await ana.post("/admin/payments/new", first);
  assert.equal(posted.status, 303);
  assert.match(
    (await ana.post("/admin/payments/new", first)).location,
    /done=posted_before/,
    "sent twice is one",
  );
  const asked = await ben.post("/admin/payments/new", second);
  assert.equal(asked.status, 409);
  assert.match(
    asked.text,
    /Ana Reyes posted ₱1,000\.00 for this subscriber less than a minute ago, RCPT-\d+/,
  );
  assert.equal(
    (await ben.post("/admin/payments/new", fieldsOf(asked.html))).status,
    409,
    "sent again it asks again",
  );
  const number = /name="confirm_paid" value="([^"]+)"/.exec(asked.html.replace(/<input[^>]*>/g, ""))?.[1] ??
    "";
  assert.match(number, /^RCPT-/);
  // A third one comes in between the question and its answer: asked again, about that one.
  const third = await open(ana);
  assert.equal((await ana.post("/admin/payments/new", { ...third, amount: "50" })).status, 303);
  assert.equal(
    (await ben.post("/admin/payments/new", { ...fieldsOf(asked.html), confirm_paid: number })).status,
    409,
  );
  const again = await ben.post("/admin/payments/new", fieldsOf(asked.html));
  const newest = /name="confirm_paid" value="([^"]+)"/.exec(again.html.replace(/<input[^>]*>/g, ""))?.[1] ??
    "";
  assert.notEqual(newest, number);
  assert.equal(
    (await ben.post("/admin/payments/new", { ...fieldsOf(again.html), confirm_paid: newest })).status,
    303,
  );
  const payments = await isp.run((trx) =>
    trx.selectFrom("payments").select("amount_centavos").where("tenant_id", "=", isp.tenantId).orderBy(
      "number",
    )
      .execute()
  );
  assert.deepEqual(payments.map((row) => row.amount_centavos), [100_000n, 5_000n, 100_000n]);
  // Nothing came in between: nothing is asked.
  assert.equal((await ben.post("/admin/payments/new", await open(ben, 1))).status, 303);
  await assertBooksHold(isp);
});

Deno.test("two forms sent at the same instant: one is posted, the other asked, whichever comes first", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-05T10:00");
  const post = (key: string) =>
    recordPayment(isp.context, isp.tenantId, isp.actor, {
      subscriberId: isp.subscriberIds[0]!,
      amountCentavos: centavos(100_000),
      method: "cash",
      receivedOn: Temporal.PlainDate.from("2026-02-05"),
      idempotencyKey: `counter-form-${key}`,
      shownBalanceCentavos: 100_000n,
    });
  const results = await Promise.all(["a", "b", "c"].map(post));
  assert.deepEqual(results.map((one) => one.ok ? "posted" : one.code).sort(), [
    "paid_meanwhile",
    "paid_meanwhile",
    "posted",
  ]);
});
