import assert from "node:assert/strict";
import { assertBooksHold, createIsp, type Isp, liveUntil, offNow } from "@/tests/billing/isp.ts";
import { buy, createPrepaidIsp } from "@/tests/billing/prepaid_isp.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { generateSealingKey } from "@/shared/crypto/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { issueCharge } from "@/web/services/billing/issue_charge.ts";
import { linkSecret } from "@/web/services/network/ppp_secret.ts";
import { createWebApp, type PageUser } from "@/tests/support/web_app.ts";
import {
  activateOnFirstSession,
  activateSubscription,
} from "@/web/services/subscribers/activate_subscription.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { listPrepaidUnits, replacePrepaidUnits } from "@/web/store/billing/prepaid.ts";

/** The hidden fields of the form that buys, as they stand on its page. */
function buyFields(html: string): Record<string, string> {
  const value = (name: string) => new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(html)?.[1] ?? "";
  return {
    ...Object.fromEntries(
      ["connection", "quantity", "once", "from", "shown", "amount"].map((name) => [name, value(name)]),
    ),
    unit: /type="hidden" name="unit" value="([^"]*)"/.exec(html)?.[1] ?? "",
    method: "cash",
    reference: "",
  };
}

Deno.test("a clerk sees price and days before, buys, sends it twice, and sees until when it is valid", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-11-27T08:00:00+08:00" });
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  const person = `/admin/subscribers/${isp.subscriberIds[0]}`;
  const connection = isp.subscriptionIds[0]!;
  assert.match((await owner.get(person)).text, /Prepaid\s*Nothing bought yet/);
  const path = `${person}/buy?connection=${connection}&unit=days-7&quantity=2`;
  const shown = await owner.get(path);
  assert.match(shown.text, /From Fri, 27 Nov 2026 Until Thu, 10 Dec 2026/);
  assert.match(shown.text, /To pay now\s*₱398\.00/);
  const fields = buyFields(shown.html);
  assert.deepEqual([fields.unit, fields.quantity, fields.amount], ["days-7", "2", "398.00"]);
  const short = await owner.post(`${person}/buy`, { ...fields, amount: "300" });
  assert.equal(short.status, 422);
  assert.match(short.text, /The price is ₱398\.00: ₱98\.00 more is needed/);
  const done = await owner.post(`${person}/buy`, fields);
  assert.equal(done.status, 303);
  assert.equal((await owner.post(`${person}/buy`, fields)).status, 303);
  const after = await owner.get(done.location);
  assert.match(after.text, /Valid until 10 Dec \(13 days more\)/);
  assert.equal(/Balance\s*₱0\.00/.test(after.text), true);
  assert.equal((await owner.post(`${person}/renewal`, { connection, renews: "yes" })).status, 303);
  assert.match((await owner.get(person)).text, /From credit, when it ends/);
  assert.deepEqual(await offNow(isp), []);
});

Deno.test("a form that was opened before somebody else bought shows the days again", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-11-27T08:00:00+08:00" });
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  const person = `/admin/subscribers/${isp.subscriberIds[0]}`;
  const { html } = await owner.get(`${person}/buy?connection=${isp.subscriptionIds[0]}&unit=days-7`);
  assertOk(await buy(isp, 0, { count: 7, pesos: 199 }));
  const late = await owner.post(`${person}/buy`, { ...buyFields(html), shown: "1" });
  assert.equal(late.status, 422);
  assert.match(late.text, /would now run from 4 Dec 2026 to 10 Dec 2026/);
  assert.equal((await owner.post(`${person}/buy`, { ...buyFields(late.html), shown: "1" })).status, 303);
});

Deno.test("a plan says what it sells; a connection without any says where", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database);
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  const path = `/admin/plans/${isp.planId}/prepaid`;
  assert.match((await owner.get(path)).text, /₱33\.33, the price of a month × 1 \/ 30/);
  const none = { months: "0", price_1: "", price_3: "", price_7: "", price_15: "", price_30: "" };
  assert.equal((await owner.post(path, none)).status, 303);
  const buying = `/admin/subscribers/${isp.subscriberIds[0]}/buy?connection=${isp.subscriptionIds[0]}`;
  assert.match((await owner.get(buying)).text, /Fiber 50 sells nothing prepaid/);
  assert.equal(
    (await owner.post(path, { ...none, months: "2", sell_3: "on", sell_15: "on", price_15: "600" })).status,
    303,
  );
  const units = await isp.run((trx) => listPrepaidUnits(trx, isp.planId));
  assert.deepEqual(units.map(({ unit, count, price_centavos }) => `${unit} ${count} ${price_centavos}`), [
    "days 3 null",
    "days 15 60000",
    "months 1 null",
    "months 2 null",
  ]);
  assert.match((await owner.get(buying)).text, /3 days\s*₱100\.00/);
  assert.match((await owner.get(path)).html, /\/admin\/settings\/prepaid/);
  assert.equal((await owner.post("/admin/settings/prepaid", { lapse: "backdate" })).status, 303);
  const lapse = await isp.run(async (trx) => (await getTenant(trx)).prepaid_lapse);
  assert.equal(lapse, "backdate");
});

Deno.test("the list and Today count those that run out within three days alike", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-11-27T08:00:00+08:00", subscribers: 4 });
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  assertOk(await buy(isp, 0, { count: 1, pesos: 34 }));
  assertOk(await buy(isp, 1, { count: 1, quantity: 3, pesos: 100 }));
  assertOk(await buy(isp, 2, { count: 1, quantity: 4, pesos: 134 }));
  assert.match((await owner.get("/admin")).text, /2 prepaid connections expire within 3 days/);
  const expiring = await owner.get("/admin/subscribers?prepaid=expiring");
  assert.match(expiring.text, /Subscriber 00001/);
  assert.match(expiring.text, /Subscriber 00002/);
  assert.doesNotMatch(expiring.text, /Subscriber 0000[34]/);
  assert.match((await owner.get("/admin/subscribers?prepaid=all")).text, /Subscriber 00004/);
});

Deno.test("how it pays is changed on a page that says what is billed before, and taken back until its day", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { start: "2026-11-27T08:00:00+08:00", subscribers: 1 });
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  const person = `/admin/subscribers/${isp.subscriberIds[0]}`;
  const connection = isp.subscriptionIds[0]!;
  assert.match(
    (await owner.get(`${person}/mode`)).text,
    /Days until Mon, 30 Nov 2026 get a last bill of ₱133\.33/,
  );
  const asked = { connection, to: "prepaid", when: "next_boundary" };
  const done = await owner.post(`${person}/mode`, asked);
  assert.match((await owner.get(done.location)).text, /Prepaid from\s*1 Dec/);
  assert.match((await owner.get(`${person}/buy`)).text, /it is prepaid from 1 Dec 2026/);
  assert.equal((await owner.post(`${person}/mode`, asked)).status, 422);
  assert.equal((await owner.post(`${person}/mode/cancel`, { connection })).status, 303);
  assert.doesNotMatch((await owner.get(person)).text, /Prepaid from/);
  const technician = await app.signIn(isp.tenantId, "Technician");
  assert.doesNotMatch((await technician.get(`${person}/mode`)).html, /value="today"/);
  assert.equal((await technician.post(`${person}/mode`, { ...asked, when: "today" })).status, 404);
  assert.equal((await owner.post(`${person}/mode`, { ...asked, when: "today" })).status, 303);
  assert.match((await owner.get(`${person}/mode`)).text, /Bills charge from/);
  assert.equal((await owner.post(`${person}/mode`, { ...asked, to: "postpaid" })).status, 303);
});

Deno.test("a line that waits begins with its first purchase in one step; what is refused leaves it waiting", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-11-27T08:00:00+08:00" });
  const [subscriptionId = ""] = isp.subscriptionIds;
  const set = (fields: Record<string, unknown>) =>
    isp.run((trx) =>
      trx.updateTable("subscriptions").set(fields).where("tenant_id", "=", trx.tenantId).execute()
    );
  await set({ status: "pending", activated_on: null, activation: "first_session", secret: "wanted" });
  const line = () =>
    isp.run((trx) =>
      trx.selectFrom("subscriptions").select(["status", "activated_on", "billed_through_on"])
        .where("tenant_id", "=", trx.tenantId).executeTakeFirstOrThrow()
    );
  assertRefused(await buy(isp, 0, { count: 7, pesos: 199, activates: true }), "secret_wanted");
  assertRefused(
    await activateSubscription(isp.context, isp.tenantId, isp.actor, { subscriptionId }),
    "secret_wanted",
  );
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  const person = `/admin/subscribers/${isp.subscriberIds[0]}`;
  assert.match((await owner.get(`${person}/buy`)).text, /no day is counted before the secret is there/);
  await set({ secret: "found" });
  assertRefused(
    await activateSubscription(isp.context, isp.tenantId, isp.actor, { subscriptionId }),
    "prepaid_buys_first",
  );
  assertRefused(await buy(isp, 0, { count: 7, pesos: 199 }), "prepaid_not_active");
  assert.match((await owner.get(person)).text, /Take the first payment/);
  const shown = await owner.get(`${person}/buy?connection=${subscriptionId}&unit=days-7`);
  assert.match(shown.text, /Its service begins with what is bought: today, or with its first session/);
  assert.match(shown.text, /Until Thu, 3 Dec 2026/);
  const fields = buyFields(shown.html);
  const cashier = await app.signIn(isp.tenantId, "Cashier");
  assert.match((await cashier.get(`${person}/buy`)).text, /not in service: activate it first/);
  assert.equal((await cashier.post(`${person}/buy`, fields)).status, 404, "who may not activate");
  assert.equal((await owner.post(`${person}/buy`, { ...fields, amount: "100" })).status, 422);
  assert.equal((await line()).status, "pending", "too little money begins nothing");
  assert.equal((await owner.post(`${person}/buy`, { ...fields, amount: "9000000000" })).status, 422);
  assert.equal((await line()).status, "pending", "money that is refused begins nothing");
  assert.equal((await owner.post(`${person}/buy`, fields)).status, 303);
  assert.equal((await owner.post(`${person}/buy`, fields)).status, 303, "sent twice");
  const { status, activated_on: since, billed_through_on: until } = await line();
  assert.deepEqual([status, String(since), String(until)], ["active", "2026-11-27", "2026-12-04"]);
  await activateOnFirstSession(isp.context, isp.tenantId, [subscriptionId]);
  assert.equal(
    String((await line()).billed_through_on),
    "2026-12-04",
    "its first session begins nothing anew",
  );
  assert.match((await owner.get(person)).text, /Valid until 3 Dec/);
  assert.deepEqual(await offNow(isp), []);
  await assertBooksHold(isp);
});

/** A new line of the first subscriber as the form adds it, prepaid for 7 days, with a secret that is made. */
async function addLine(owner: PageUser, isp: Isp, ppp: string, over: Record<string, string> = {}) {
  const person = `/admin/subscribers/${isp.subscriberIds[0]}`;
  const { publicKey } = await generateSealingKey();
  await isp.run((trx) => trx.updateTable("agents").set({ sealing_public_key: publicKey }).execute());
  const answer = await owner.post(`${person}/connection`, {
    plan: isp.planId,
    router: isp.routerIds[0]!,
    ppp,
    secret: "make",
    activation: "day",
    billing: "prepaid",
    buys: "days-7",
    intent: "save",
    ...over,
  });
  const line = () =>
    isp.run((trx) =>
      trx.selectFrom("subscriptions").selectAll().where("ppp_name", "=", ppp).executeTakeFirstOrThrow()
    );
  /** Takes the money on the page that buys. */
  const payFirst = async (begins: string, change: Record<string, string> = {}) => {
    const path = `${person}/buy?connection=${(await line()).id}&unit=days-7&begins=${begins}`;
    const fields = { ...buyFields((await owner.get(path)).html), begins, ...change };
    return { fields, answer: await owner.post(`${person}/buy`, fields) };
  };
  const secretComes = async () => {
    const { id } = await line();
    assertOk(await linkSecret(isp.context, isp.tenantId, isp.actor, { subscriptionId: id }));
  };
  return { person, answer, line, payFirst, secretComes };
}

/** Bills of a line with their days. */
const billsOf = (isp: Isp, id: string) =>
  isp.run(async (trx) => {
    const rows = await trx.selectFrom("bills").select([
      "status",
      "total_centavos",
      "period_start",
      "period_end",
    ])
      .where("subscription_id", "=", id).orderBy("number").execute();
    return rows.map((row) => `${row.status} ${row.total_centavos} ${row.period_start} ${row.period_end}`);
  });

Deno.test("the first purchase is paid for before the secret is there; its days begin on the day that it comes", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-11-27T08:00:00+08:00" });
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  const { person, answer, line, payFirst, secretComes } = await addLine(owner, isp, "shop");
  assert.match(answer.location, /secret\?connection=[\w-]+&done=connection_added&unit=days-7&begins=day$/);
  const secret = await owner.get(answer.location);
  assert.match(secret.html, /buy\?connection=[\w-]+&amp;unit=days-7&amp;begins=day"/);
  assert.match(
    (await owner.get(person)).text,
    /nothing is paid for yet, and its PPP secret is not on the router yet/,
  );
  const paid = await payFirst("day");
  assert.equal(paid.answer.status, 303);
  assert.match((await owner.get(paid.answer.location)).text, /What it buys begins with the service/);
  assert.equal((await owner.post(`${person}/buy`, paid.fields)).status, 303, "sent twice");
  const waiting = await owner.get(person);
  assert.match(waiting.text, /7 days are paid for\. They begin when its PPP secret is on the router/);
  assert.match(waiting.text, /Paid for; its days have not begun/);
  const { id } = await line();
  assert.deepEqual([(await line()).status, await billsOf(isp, id)], ["pending", []], "no day is counted");
  await liveUntil(isp, "2026-11-30T10:00:00+08:00");
  // The price of before holds.
  await isp.run((trx) =>
    replacePrepaidUnits(trx, isp.planId, [{ unit: "days", count: 7, price_centavos: 25_000n }])
  );
  await secretComes();
  const begun = await line();
  assert.deepEqual(
    [begun.status, String(begun.activated_on), String(begun.billed_through_on)],
    ["active", "2026-11-30", "2026-12-07"],
  );
  assert.deepEqual(await billsOf(isp, id), ["issued 19900 2026-11-30 2026-12-07"]);
  assert.equal((await owner.post(`${person}/buy`, paid.fields)).status, 303, "sent again after it began");
  assert.equal((await billsOf(isp, id)).length, 1);
  await assertBooksHold(isp);
});

Deno.test("a prepaid line is off until it is paid for; then its days begin with the first session", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-11-27T08:00:00+08:00" });
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  const { person, line, payFirst, secretComes } = await addLine(owner, isp, "shop", {
    activation: "first_session",
  });
  await secretComes();
  const isOff = () =>
    isp.run(async (trx) =>
      (await trx.selectFrom("desired_secrets").select("is_disabled").where("ppp_name", "=", "shop")
        .executeTakeFirstOrThrow()).is_disabled
    );
  const { id } = await line();
  assert.equal(await isOff(), true, "nobody dials in for nothing");
  await activateOnFirstSession(isp.context, isp.tenantId, [id]);
  assert.equal((await line()).status, "pending");
  assert.match((await owner.get(person)).text, /prepaid, and nothing is paid for yet/);
  assert.equal((await payFirst("first_session")).answer.status, 303);
  assert.deepEqual([(await line()).status, await isOff()], ["pending", false]);
  assert.match((await owner.get(person)).text, /7 days are paid for\. They begin with the first session/);
  await liveUntil(isp, "2026-12-03T15:00:00+08:00");
  await activateOnFirstSession(isp.context, isp.tenantId, [id]);
  assert.deepEqual(await billsOf(isp, id), ["issued 19900 2026-12-03 2026-12-10"]);
  await liveUntil(isp, "2026-12-04T10:00:00+08:00");
  assert.equal(await isOff(), false, "the run finds it covered");
  await liveUntil(isp, "2026-12-10T10:00:00+08:00");
  assert.equal(await isOff(), true);
  await assertBooksHold(isp);
});

Deno.test("money for a first purchase that went elsewhere: it waits for a person, or is off with the next run", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-11-27T08:00:00+08:00" });
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const shop = await addLine(owner, isp, "shop");
  const barn = await addLine(owner, isp, "barn", { activation: "first_session" });
  await barn.secretComes();
  assert.equal((await shop.payFirst("day")).answer.status, 303);
  // Money that waits for one line is not there for the other.
  const second = await barn.payFirst("first_session");
  assert.deepEqual([second.answer.status, (second.fields as Record<string, string>)["amount"]], [
    303,
    "199.00",
  ]);
  assertOk(
    await issueCharge(...call, {
      subscriberId: isp.subscriberIds[0]!,
      kind: "one_time",
      what: "Cable",
      amountCentavos: centavos(50_000),
      subscriptionId: null,
      billId: crypto.randomUUID(),
    }),
  );
  const owing = await shop.payFirst("day", { amount: "199" });
  assert.equal(owing.answer.status, 422);
  assert.match(
    owing.answer.text,
    /Money that waits pays open bills first, and ₱102\.00 is owed: ₱102\.00 more/,
  );
  await shop.secretComes();
  const waits = await shop.line();
  assert.deepEqual([waits.status, waits.activation], ["pending", "by_hand"]);
  const page = await owner.get(shop.person);
  assert.match(page.text, /its first purchase was not made\. The price is ₱199\.00: ₱199\.00 more is needed/);
  await activateOnFirstSession(isp.context, isp.tenantId, [(await barn.line()).id]);
  assert.equal((await barn.line()).status, "active");
  await liveUntil(isp, "2026-11-28T10:00:00+08:00");
  const off = await isp.run((trx) =>
    trx.selectFrom("block_reasons").select("reason").where("subscription_id", "=", waits.id).execute()
  );
  assert.deepEqual(off, [], "what never began is not cut");
  const cut = await isp.run(async (trx) =>
    trx.selectFrom("block_reasons").select("reason").where("subscription_id", "=", (await barn.line()).id)
      .execute()
  );
  assert.deepEqual(cut, [{ reason: "nonpayment" }]);
  await assertBooksHold(isp);
});

Deno.test("a new connection is prepaid with its prices shown, and bought at once on the page that buys; left for later it waits", async () => {
  await using database = await createTestDatabase();
  const isp = await createPrepaidIsp(database, { start: "2026-11-27T08:00:00+08:00" });
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  const person = `/admin/subscribers/${isp.subscriberIds[0]}`;
  const fields = {
    plan: isp.planId,
    router: isp.routerIds[0]!,
    ppp: "shop",
    secret: "link",
    activation: "day",
    billing: "prepaid",
    buys: "days-7",
    intent: "preview",
  };
  const shown = await owner.post(`${person}/connection`, fields);
  assert.match(shown.text, /7 days, ₱199\.00, until Thu, 3 Dec 2026 when it begins today/);
  const added = await owner.post(`${person}/connection`, { ...fields, intent: "save" });
  assert.match(added.location, /\/buy\?connection=[\w-]+&unit=days-7&begins=day$/);
  const line = (name: string) =>
    isp.run((trx) =>
      trx.selectFrom("subscriptions").select(["status", "billing_mode", "billed_through_on"])
        .where("ppp_name", "=", name).executeTakeFirstOrThrow()
    );
  assert.equal((await line("shop")).status, "pending", "not active before it is paid");
  const buying = await owner.get(added.location);
  assert.match(buying.text, /To pay now\s*₱199\.00/);
  assert.equal((await owner.post(`${person}/buy`, buyFields(buying.html))).status, 303);
  assert.deepEqual(
    Object.values(await line("shop")).map(String),
    ["active", "prepaid", "2026-12-04"],
  );
  const later = await owner.post(`${person}/connection`, {
    ...fields,
    ppp: "barn",
    buys: "",
    intent: "save",
  });
  assert.equal(later.location, `${person}?done=connection_added`);
  assert.equal((await line("barn")).status, "pending");
  await assertBooksHold(isp);
});
