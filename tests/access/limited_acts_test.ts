import assert from "node:assert/strict";
import { createIsp, type Isp, liveUntil, offNow, pay } from "@/tests/billing/isp.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { paymentFields } from "@/tests/support/scene.ts";
import { createWebApp, type PageUser, type WebApp } from "@/tests/support/web_app.ts";
import { centavos } from "@/shared/money/mod.ts";
import { PERMISSIONS } from "@/web/domain/access/mod.ts";
import { NO_APPROVAL } from "@/web/domain/approvals/mod.ts";
import { askOrRun } from "@/web/services/approvals/ask_or_run.ts";
import type { InputOf } from "@/web/services/approvals/registry.ts";
import { savePolicyRow } from "@/web/store/approvals/policies.ts";
import { findRequest } from "@/web/store/approvals/requests.ts";
import { limitToSites, type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { readBlockers } from "@/web/store/privacy/erasures.ts";
import { payAtBoth, splitSites } from "./_two_sites.ts";

type Kind = "bill_void" | "write_off" | "payment_reversal";

const REASON = "Was never there";

/** A payer with a connection at each of two sites, and somebody who sees the first site only. */
interface Shared {
  isp: Isp;
  app: WebApp;
  database: TestDatabase;
  first: string;
  payer: string;
  /** The connection at the second site. */
  there: string;
  clerk: PageUser;
  billOfThere(): Promise<{ id: string; number: string | null; status: string }>;
}

async function withShared(local: string, work: (shared: Shared) => Promise<void>): Promise<void> {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 4 });
  const { first } = await splitSites(isp);
  const { payer, there } = await payAtBoth(isp);
  await liveUntil(isp, local);
  const app = await createWebApp(isp.context);
  const clerk = await app.signIn(isp.tenantId, PERMISSIONS, { siteIds: [first] });
  const billOfThere = () =>
    isp.run((trx) =>
      trx.selectFrom("bills").select(["id", "number", "status"]).where("subscription_id", "=", there)
        .orderBy("number").executeTakeFirstOrThrow()
    );
  await work({ isp, app, database, first, payer, there, clerk, billOfThere });
}

function endService({ isp, there }: Shared): Promise<unknown> {
  return isp.run((trx) =>
    trx.updateTable("subscriptions").set({ status: "cancelled", next_bill_on: null }).where("id", "=", there)
      .execute()
  );
}

const periodsOf = ({ isp, there }: Shared) =>
  isp.run(async (trx) => {
    const rows = await trx.selectFrom("charged_periods").select("state").where("subscription_id", "=", there)
      .execute();
    return rows.map((row) => row.state);
  });

Deno.test("who does not see a payer's other connection is asked what becomes of its days before its bill is void", async () => {
  await withShared("2026-02-03T10:00", async (shared) => {
    const { clerk } = shared;
    const { id } = await shared.billOfThere();
    const form = await clerk.get(`/admin/bills/${id}/void`);
    assert.equal(form.status, 200);
    assert.match(form.html, /name="periods"[^>]*value="never"|value="never"[^>]*name="periods"/);
    const sent = await clerk.post(`/admin/bills/${id}/void`, { reason: "Wrong plan", periods: "never" });
    assert.deepEqual([sent.status, sent.location], [303, `/admin/bills/${id}?done=voided_only`]);
    assert.equal((await shared.billOfThere()).status, "void");
    assert.deepEqual(await periodsOf(shared), ["never"]);
  });
});

Deno.test("the bill of an ended connection at another site is void without a choice, as its page says", async () => {
  await withShared("2026-02-03T10:00", async (shared) => {
    const { clerk } = shared;
    await endService(shared);
    const { id } = await shared.billOfThere();
    const form = await clerk.get(`/admin/bills/${id}/void`);
    assert.equal(form.html.includes('name="periods"'), false);
    const sent = await clerk.post(`/admin/bills/${id}/void`, { reason: "Wrong plan" });
    assert.equal(sent.status, 303, sent.text);
    assert.equal((await shared.billOfThere()).status, "void");
    assert.deepEqual(await periodsOf(shared), ["never"]);
  });
});

/** Somebody asks at the first site, and somebody there approves what their page shows: what became of the request. */
async function askAndApprove<K extends Kind>(
  { isp, app, first, clerk }: Shared,
  asked: { kind: K; input: InputOf<K> },
): Promise<string> {
  await isp.run((trx) => savePolicyRow(trx, asked.kind, { ...NO_APPROVAL, mode: "always" }));
  const asker = await app.signIn(isp.tenantId, PERMISSIONS.filter((one) => one !== "approval:decide"), {
    siteIds: [first],
  });
  const who = { kind: "staff" as const, label: "Ana Reyes", staffUserId: asker.staffUserId };
  const done = await askOrRun<K>(isp.context, isp.tenantId, who, { ...asked, reason: REASON });
  assert.ok(done.ok && done.value.outcome === "asked", JSON.stringify(done));
  const path = `/admin/approvals/${done.value.requestId}`;
  const page = await clerk.get(path);
  const hidden = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page.html)?.[1] ?? "";
  assert.notEqual(hidden("seen"), "", page.text);
  const shown = { revision: hidden("revision"), seen: hidden("seen") };
  await clerk.post(path, { decision: "approve", note: "", ...shown });
  const row = await isp.run((trx) => findRequest(trx, done.value.requestId!));
  return row?.state ?? "";
}

Deno.test("a decider who does not see an ended connection voids its bill as their page shows it", async () => {
  await withShared("2026-02-03T10:00", async (shared) => {
    await endService(shared);
    const { id: billId } = await shared.billOfThere();
    const state = await askAndApprove(shared, { kind: "bill_void", input: { billId, reason: REASON } });
    assert.equal(state, "approved");
    assert.deepEqual(await periodsOf(shared), ["never"]);
  });
});

Deno.test("a decider who does not see a connection that is cut gives a memo that brings it back, and reverses a payment", async () => {
  await withShared("2026-02-16T10:00", async (shared) => {
    const { isp, payer } = shared;
    const { paymentId } = await pay(isp, 0, 1);
    const reversal = { kind: "payment_reversal", input: { paymentId, reason: REASON } } as const;
    assert.equal(await askAndApprove(shared, reversal), "approved");
    assert.deepEqual(await offNow(isp), [0, 1, 2, 3]);
    const { id: billId } = await shared.billOfThere();
    const input = {
      subscriberId: payer,
      kind: "write_off" as const,
      billId,
      amountCentavos: centavos(100_000n),
      reason: REASON,
      idempotencyKey: "limited-write-off-0001",
    };
    assert.equal(await askAndApprove(shared, { kind: "write_off", input }), "approved");
    assert.deepEqual(await offNow(isp), [0, 2, 3]);
  });
});

Deno.test("the preview of a payment says that a connection at another site comes back, and does not name it", async () => {
  await withShared("2026-02-16T10:00", async (shared) => {
    const { isp, clerk, payer } = shared;
    const page = await clerk.get(`/admin/payments/new?subscriber=${payer}`);
    assert.match(page.text, /It is enabled on the router at once/);
    assert.match(page.text, /1 connection at another site/);
    assert.equal(page.text.includes("user2"), false);
    await clerk.post("/admin/payments/new", { ...paymentFields(page.html), amount: "2000" });
    assert.deepEqual(await offNow(isp), [2, 3]);
  });
});

Deno.test("whether a payer may be erased is looked at wherever their connections are", async () => {
  await withShared("2026-02-03T10:00", async ({ isp, database, first, payer }) => {
    const [here = ""] = isp.subscriptionIds;
    await isp.run((trx) =>
      trx.updateTable("subscriptions").set({ status: "cancelled" }).where("id", "=", here).execute()
    );
    const read = (trx: TenantTransaction) => readBlockers(trx, payer);
    const limited = await withTenant(limitToSites(database.db, [first]), isp.tenantId, read, {
      readOnly: true,
    });
    assert.equal(limited.live, 1);
    assert.deepEqual(limited, await isp.run(read));
  });
});
