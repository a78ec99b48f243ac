import assert from "node:assert/strict";
import { createIsp, liveUntil } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp } from "@/tests/support/web_app.ts";

/** What the form of the page would send. */
function fieldsOf(html: string): Record<string, string> {
  const value = (name: string) => new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(html)?.[1] ?? "";
  return Object.fromEntries(["connection", "to", "shown", "once"].map((name) => [name, value(name)]));
}

Deno.test("a clerk finds who gets a connection, sees who pays which days, and gives it", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-20T10:00");
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  const [old, other] = isp.subscriberIds.map((id) => `/admin/subscribers/${id}`);
  const connection = isp.subscriptionIds[0]!;
  assert.match((await owner.get(old!)).html, /\/payer/);
  const found = await owner.get(`${old}/payer?connection=${connection}&q=Subscriber`);
  assert.match(found.html, new RegExp(`to=${isp.subscriberIds[1]}`));
  assert.doesNotMatch(found.html, new RegExp(`to=${isp.subscriberIds[0]}`), "nobody gives it to themselves");
  const shown = await owner.get(`${old}/payer?connection=${connection}&to=${isp.subscriberIds[1]}`);
  assert.match(shown.text, /last bill of ₱678\.57 for the days until Thu, 19 Feb 2026/);
  assert.match(shown.text, /is off because Subscriber 00001 owes ₱1,000\.00/);
  const fields = { ...fieldsOf(shown.html), when: "today", unused: "keep" };
  const done = await owner.post(`${old}/payer`, fields);
  assert.equal(done.status, 303);
  assert.equal(done.location.split("?")[0], other);
  const after = await owner.get(done.location);
  assert.match(after.text, /came from Subscriber 00001/);
  assert.match((await owner.get(old!)).text, /Balance\s*₱1,678\.57/);
  assert.match((await owner.get(old!)).text, /went to Subscriber 00002/);
  assert.equal((await owner.post(`${old}/payer`, fields)).status, 404, "it is not theirs any more");
});

Deno.test("it goes to a new person at the end of the cycle, is seen to wait, and is cancelled; who may not bill may only plan", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await isp.run((trx) =>
    trx.insertInto("number_series").values({
      tenant_id: isp.tenantId,
      series: "account",
      prefix: "B-",
      pad: 5,
      next_value: 1n,
    }).execute()
  );
  await liveUntil(isp, "2026-01-20T10:00");
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  const old = `/admin/subscribers/${isp.subscriberIds[0]}`;
  const connection = isp.subscriptionIds[0]!;
  const path = `${old}/payer?connection=${connection}&to=new`;
  const fields = {
    ...fieldsOf((await owner.get(path)).html),
    when: "next_boundary",
    unused: "keep",
    phone: "",
    email: "",
  };
  assert.equal((await owner.post(`${old}/payer`, { ...fields, name: "" })).status, 422);
  const wrong = await owner.post(`${old}/payer`, { ...fields, name: "Rosa Lim", unused: "half" });
  assert.equal(wrong.status, 422, "what is not understood is not taken for another choice");
  const done = await owner.post(`${old}/payer`, { ...fields, name: "Rosa Lim" });
  assert.equal(done.status, 303);
  assert.match((await owner.get(done.location)).text, /Goes to another payer\s*Rosa Lim, 1 Feb/);
  const waits = await owner.get(`${old}/payer?connection=${connection}`);
  assert.match(waits.text, /It goes to Rosa Lim on Sun, 1 Feb 2026/);
  assert.match(waits.html, /payer\/cancel/, "it is cancelled where it is seen");
  assert.equal((await owner.post(`${old}/payer/cancel`, { connection })).status, 303);
  assert.doesNotMatch((await owner.get(old)).text, /Goes to another payer/);
  const technician = await app.signIn(isp.tenantId, "Technician");
  assert.doesNotMatch((await technician.get(path)).html, /value="today"/);
  assert.equal(
    (await technician.post(`${old}/payer`, { ...fields, name: "Ana", when: "today" })).status,
    404,
  );
});
