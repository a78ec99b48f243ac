import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { assertBooksHold, createIsp, liveUntil } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp, type PageUser } from "@/tests/support/web_app.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
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
  assert.equal(first.shown, "0", "no payment yet");
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
      paymentsShown: 0,
    });
  const results = await Promise.all(["a", "b", "c"].map(post));
  assert.deepEqual(results.map((one) => one.ok ? "posted" : one.code).sort(), [
    "paid_meanwhile",
    "paid_meanwhile",
    "posted",
  ]);
});

Deno.test("what came in between is asked about when a bill came too, after other questions, and by its day when it is long ago", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-01-31T23:00");
  const app = await createWebApp(isp.context);
  const [ana, before] = [
    await app.signIn(isp.tenantId, "Cashier"),
    await app.signIn(isp.tenantId, "Cashier"),
  ];
  const open = async (user: PageUser) =>
    fieldsOf((await user.get(`/admin/payments/new?subscriber=${isp.subscriberIds[0]}`)).html);
  const opened = await open(before);
  assert.equal((await ana.post("/admin/payments/new", { ...await open(ana), amount: "1000" })).status, 303);
  await liveUntil(isp, "2026-02-01T01:00");
  const owed = await isp.run((trx) => findSubscriberBalance(trx, isp.subscriberIds[0]!));
  assert.equal(owed.receivableCentavos - owed.creditCentavos, 0n, "as much is owed as the form showed");
  const ben = await app.signIn(isp.tenantId, "Cashier");
  const form = { ...opened, _csrf: (await open(ben))["_csrf"] ?? "" };
  // A correction and another question first: the form goes on from when it was opened.
  const corrected = await ben.post("/admin/payments/new", { ...form, amount: "none" });
  assert.equal(corrected.status, 422);
  const large = await ben.post("/admin/payments/new", { ...fieldsOf(corrected.html), amount: "2000000" });
  assert.equal(large.status, 422);
  const asked = await ben.post("/admin/payments/new", {
    ...fieldsOf(large.html),
    amount: "2000000",
    confirm_large: "2000000",
  });
  assert.equal(asked.status, 409);
  assert.match(
    asked.text,
    /Ana Reyes posted ₱1,000\.00 for this subscriber on 31 Jan 2026 at 23:00, RCPT-\d+/,
  );
  // Opened now, the form knows of it and asks nothing.
  assert.equal((await ben.post("/admin/payments/new", { ...await open(ben), amount: "5" })).status, 303);
  await assertBooksHold(isp);
});

Deno.test("a payment that was reversed in between asks nothing; the one before it neither", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  await liveUntil(isp, "2026-02-05T10:00");
  const app = await createWebApp(isp.context);
  const ben = await app.signIn(isp.tenantId, "Cashier");
  const open = async () =>
    fieldsOf((await ben.get(`/admin/payments/new?subscriber=${isp.subscriberIds[0]}`)).html);
  assert.equal((await ben.post("/admin/payments/new", { ...await open(), amount: "100" })).status, 303);
  const form = await open();
  const other = await ben.post("/admin/payments/new", await open());
  assert.equal(other.status, 303);
  const paymentId = /payments\/([0-9a-f-]{36})/.exec(other.location)?.[1] ?? "";
  assertOk(
    await reversePayment(isp.context, isp.tenantId, isp.actor, { paymentId, reason: "Wrong subscriber" }),
  );
  assert.equal((await ben.post("/admin/payments/new", form)).status, 303);
  await assertBooksHold(isp);
});
