import assert from "node:assert/strict";
import pg from "pg";
import { centavos } from "@/shared/money/mod.ts";
import { assertBooksHold, type Isp, liveUntil, pay } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { playedIsp } from "@/tests/support/played.ts";
import type { TestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp, type WebApp } from "@/tests/support/web_app.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { disputeBill } from "@/web/services/billing/dispute_bill.ts";
import { upsertLogo } from "@/web/store/settings/tenant_logos.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { insertTenant } from "@/web/store/settings/tenants.ts";
import { billsOf, pathOf, testLinks, visit } from "./_world.ts";

const links = testLinks();

interface World {
  isp: Isp;
  app: WebApp;
  bill: string;
  path: string;
  database: TestDatabase;
}

/** Makes a bill a draft again, which no use case does. @returns its address */
async function unissue({ superuserUrl }: TestDatabase, bill: string): Promise<string> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  await client.query("alter table bills disable trigger user");
  await client.query("update bills set status = 'draft', number = null where id = $1", [bill]);
  await client.end();
  return pathOf(await links.billAddress({ id: bill, link_generation: 0 }));
}

/** The first subscriber's bill of January, on 3 February. */
async function withBill(work: (world: World) => Promise<void>, more: object = {}): Promise<void> {
  await using past = await playedIsp({ subscribers: 12 }, "2026-02-03T10:00");
  const { isp } = past;
  Object.assign(isp.context, { links, ...more });
  await isp.run((trx) =>
    trx.updateTable("subscribers").set({ name: "Juan Miguel Dela Cruz", phone: "0917 555 0000" })
      .where("tenant_id", "=", isp.tenantId).where("id", "=", isp.subscriberIds[0]!).execute()
  );
  const [bill] = await billsOf(isp, 0);
  const path = pathOf(await links.billAddress({ id: bill!, link_generation: 0 }));
  await work({ isp, app: await createWebApp(isp.context), bill: bill!, path, database: past.database });
}

Deno.test("a bill's public page shows what is owed and until when, and of the person no more than needed", async () => {
  await withBill(async ({ isp, app, path }) => {
    await isp.run((trx) =>
      trx.updateTable("tenants").set({ ways_to_pay: "GCash 0917\n<b>Office</b>", phone: "0917 123 4567" })
        .where("id", "=", isp.tenantId).execute()
    );
    const page = await visit(app, path);
    assert.equal(page.status, 200);
    for (const said of ["₱1,000.00", "Sun, 8 Feb 2026", "1–31 Jan 2026", "Due", "Juan C.", "0001"]) {
      assert.ok(page.text.includes(said), said);
    }
    assert.doesNotMatch(page.html, /Miguel|Dela|>A-00001|0917 555|user1|<script|<b>Office/);
    assert.match(page.html, /&lt;b>Office/);
    assert.ok(page.html.includes(`href="${path}/statement.pdf"`));
    assert.ok(page.html.length < 6 * 1024, `${page.html.length} bytes`);
    assert.doesNotMatch(page.html, /<link rel="stylesheet"|<img/);
  });
});

Deno.test("a public page is in no cache and no search, runs nothing, and tells no other site where it was", async () => {
  await withBill(async ({ app, path }) => {
    for (const address of [path, "/b/wrong", `${path}/logo`]) {
      const { headers } = await visit(app, address);
      assert.equal(headers.get("cache-control"), "no-store");
      assert.equal(headers.get("x-robots-tag"), "noindex, nofollow");
      assert.equal(headers.get("referrer-policy"), "no-referrer");
      const policy = headers.get("content-security-policy") ?? "";
      assert.match(policy, /default-src 'none'/);
      assert.doesNotMatch(policy, /script-src/);
    }
  });
});

Deno.test("the page says what became of the bill: part paid, paid, overdue, disputed, void", async () => {
  await withBill(async ({ isp, app, path, bill }) => {
    await pay(isp, 0, 250);
    const partly = (await visit(app, path)).text;
    assert.match(partly, /Left to pay ₱750\.00 Partly paid/);
    assert.match(partly, /Paid so far ₱250\.00/);
    await pay(isp, 0, 750);
    assert.match((await visit(app, path)).text, /Paid in full ₱1,000\.00 Paid/);
    const [second, third] = [(await billsOf(isp, 1))[0]!, (await billsOf(isp, 2))[0]!];
    const pageOf = async (id: string) =>
      (await visit(app, pathOf(await links.billAddress({ id, link_generation: 0 })))).text;
    const call = [isp.context, isp.tenantId, isp.actor] as const;
    assertOk(await voidBill(...call, { billId: second, reason: "wrong", periods: "never" }));
    const voided = await pageOf(second);
    assert.match(voided, /nothing to pay on it/);
    assert.doesNotMatch(voided, /To pay by/);
    const amountCentavos = centavos(100_000);
    assertOk(await disputeBill(...call, { billId: third, amountCentavos, reason: "not mine" }));
    assert.match(await pageOf(third), /Disputed/);
    await liveUntil(isp, "2026-02-15T10:00");
    assert.match(await pageOf((await billsOf(isp, 3))[0]!), /Overdue/);
    assert.match((await visit(app, path)).text, /Paid in full/);
    assert.notEqual(bill, second);
  });
});

Deno.test("whatever leads nowhere gets the same answer, page and statement: made up, cut short, another key, taken back, a draft", async () => {
  await withBill(async ({ isp, app, bill, path, database }) => {
    const draft = await unissue(database, (await billsOf(isp, 11))[0]!);
    const strange = testLinks();
    const wrong = [
      "/b/x",
      `/b/${"A".repeat(32)}`,
      path.slice(0, -1),
      `${path}AAAA`,
      path.slice(0, -2) + "AA",
      pathOf(await strange.billAddress({ id: bill, link_generation: 0 })),
      pathOf(await links.billAddress({ id: bill, link_generation: 1 })),
      pathOf(await links.billAddress({ id: crypto.randomUUID(), link_generation: 0 })),
      pathOf(await links.billAddress({ id: isp.subscriberIds[0]!, link_generation: 0 })),
      draft,
    ];
    const bodies = new Map<string, string>();
    const ofEach = wrong.flatMap((address) => [address, `${address}/statement.pdf`, `${address}/logo`]);
    for (const address of [...ofEach, `${path}/logo`]) {
      const { status, html } = await visit(app, address);
      assert.ok(status === 404 || status === 400, `${address}: ${status}`);
      if (status === 404) bodies.set(html.replace(/nonce="[^"]*"/, ""), address);
    }
    assert.equal(bodies.size, 1, [...bodies.values()].join(" "));
    assert.equal((await visit(app, path)).status, 200);
    assert.equal((await visit(app, `${path}/statement.pdf`)).status, 200);
  });
});

Deno.test("who guesses too often is told to wait, and a right address from there is answered all the same", async () => {
  await withBill(async ({ isp, app, bill, path }) => {
    const wrong = pathOf(await links.billAddress({ id: bill, link_generation: 7 }));
    for (let i = 0; i < 100; i++) assert.equal((await visit(app, wrong)).status, 404);
    const waits = await visit(app, wrong);
    assert.equal(waits.status, 429);
    assert.ok(Number(waits.headers.get("retry-after")) > 0);
    assert.equal((await visit(app, path)).status, 200);
    isp.clock.set(isp.clock.now().add({ minutes: 16 }));
    assert.equal((await visit(app, wrong)).status, 404);
  });
});

Deno.test("staff take an address back with a confirmation: it leads nowhere, the next one does, and the audit log says so", async () => {
  await withBill(async ({ isp, app, bill, path }) => {
    const owner = await app.signIn(isp.tenantId, "Owner");
    const shown = await owner.get(`/admin/bills/${bill}`);
    assert.ok(shown.html.includes(`http://linya.test${path}`));
    assert.match((await owner.get(`/admin/bills/${bill}/address`)).text, /lead nowhere from now on/);
    assert.equal((await visit(app, path)).status, 200);
    const done = await owner.post(`/admin/bills/${bill}/address`, {});
    assert.equal(done.status, 303);
    for (const gone of [path, `${path}/statement.pdf`]) assert.equal((await visit(app, gone)).status, 404);
    const next = pathOf(await links.billAddress({ id: bill, link_generation: 1 }));
    assert.equal((await visit(app, next)).status, 200);
    const { action } = await isp.run((trx) =>
      trx.selectFrom("audit_entries").select("action").where("tenant_id", "=", isp.tenantId)
        .orderBy("sequence", "desc").limit(1).executeTakeFirstOrThrow()
    );
    assert.equal(action, "bill.address_taken_back");
    await assertBooksHold(isp);
  });
});

Deno.test("who may not send mails sees the address and cannot take it back; another company's staff see neither", async () => {
  await withBill(async ({ isp, app, bill, path }) => {
    const reader = await app.signIn(isp.tenantId, ["bill:read", "today:read"]);
    assert.doesNotMatch((await reader.get(`/admin/bills/${bill}`)).text, /Take the public address back/);
    assert.equal((await reader.post(`/admin/bills/${bill}/address`, {})).status, 404);
    const neighbour = crypto.randomUUID();
    await withTenant(
      isp.context.db,
      neighbour,
      (trx) => insertTenant(trx, { slug: "kapitbahay", name: "Kapitbahay", timeZone: "Asia/Manila" }),
    );
    const other = await app.signIn(neighbour, "Owner");
    assert.equal((await other.post(`/admin/bills/${bill}/address`, {})).status, 404);
    assert.equal((await visit(app, path)).status, 200);
  });
});

Deno.test("the page offers the statement, and its address gives the file", async () => {
  await withBill(async ({ isp, app, path }) => {
    const logo = Uint8Array.fromBase64(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    );
    await isp.run((trx) => upsertLogo(trx, { type: "png", bytes: logo, changed_at: isp.clock.now() }));
    const page = await visit(app, path);
    assert.ok(page.html.includes(`${path}/statement.pdf`));
    assert.ok(page.html.includes(`${path}/logo`));
    const file = await visit(app, `${path}/statement.pdf`);
    assert.equal(file.headers.get("content-type"), "application/pdf");
    assert.match(file.headers.get("content-disposition") ?? "", /^inline; filename="[\w.-]+\.pdf"/);
    assert.ok(file.html.startsWith("%PDF-1."));
    const picture = await visit(app, `${path}/logo`);
    assert.equal(picture.headers.get("content-type"), "image/png");
  });
});

Deno.test("a statement is printed sixty times in ten minutes for one bill and network, and the page goes on", async () => {
  await withBill(async ({ isp, app, path }) => {
    const asked: number[] = [];
    for (let i = 0; i < 61; i++) asked.push((await visit(app, `${path}/statement.pdf`)).status);
    assert.deepEqual([asked.filter((status) => status === 200).length, asked.at(-1)], [60, 429]);
    assert.equal((await visit(app, path)).status, 200);
    const [other] = await billsOf(isp, 1);
    const next = pathOf(await links.billAddress({ id: other!, link_generation: 0 }));
    assert.equal((await visit(app, `${next}/statement.pdf`)).status, 200, "another bill's");
    isp.clock.set(isp.clock.now().add({ minutes: 11 }));
    assert.equal((await visit(app, `${path}/statement.pdf`)).status, 200);
  });
});
