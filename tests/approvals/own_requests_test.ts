import assert from "node:assert/strict";
import { payAtBoth, splitSites } from "@/tests/access/_two_sites.ts";
import { createIsp, liveUntil } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { type Scene, withScene } from "@/tests/support/scene.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { PERMISSIONS } from "@/web/domain/access/mod.ts";
import { NO_APPROVAL } from "@/web/domain/approvals/mod.ts";
import { askOrRun } from "@/web/services/approvals/ask_or_run.ts";
import { savePolicyRow } from "@/web/store/approvals/policies.ts";

const CLERK = PERMISSIONS.filter((one) => one !== "approval:decide");

/** Asks for a file of the whole list; answers the page of the request. */
async function askForFile(clerk: Awaited<ReturnType<Scene["app"]["signIn"]>>): Promise<string> {
  const { location } = await clerk.get("/admin/bills.csv?status=grace");
  const what = /name="what" value="([^"]*)"/.exec((await clerk.get(location)).html)?.[1] ?? "";
  const sent = await clerk.post("/admin/approvals/export", { what, reason: "For the accountant" });
  assert.match(sent.location, /^\/admin\/approvals\/[0-9a-f-]{36}\?done=asked/);
  return sent.location.split("?")[0] ?? "";
}

Deno.test("own-requests-01: who is limited to several sites finds what they asked for, on the list and on its page, and takes it back; nobody else who is limited does", async () => {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp, app, owner } = scene;
    await isp.run((trx) => savePolicyRow(trx, "full_export", { ...NO_APPROVAL, mode: "always" }));
    const { first, second } = await splitSites(isp);
    const clerk = await app.signIn(isp.tenantId, CLERK, { siteIds: [first, second] });
    const other = await app.signIn(isp.tenantId, CLERK, { siteIds: [first, second] });
    const request = await askForFile(clerk);
    const page = await clerk.get(request);
    assert.equal(page.status, 200);
    assert.match(page.text, /This is your own request/);
    assert.match(page.text, /Asked for an approval/, "with its history");
    const mine = await clerk.get("/admin/approvals?view=mine");
    assert.ok(mine.html.includes(request), "it stands on their list");
    assert.equal((await other.get(request)).status, 404);
    assert.ok(!(await other.get("/admin/approvals?view=all")).html.includes(request));
    assert.ok((await owner.get("/admin/approvals?view=all")).html.includes(request));
    assert.equal((await other.post(`${request}/withdraw`, {})).status, 404);
    assert.match((await clerk.post(`${request}/withdraw`, {})).location, /done=withdrawn/);
  });
});

Deno.test("own-requests-02: while somebody sees Linya as another does, their own requests are not among what that one sees", async () => {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp, app } = scene;
    await isp.run((trx) => savePolicyRow(trx, "full_export", { ...NO_APPROVAL, mode: "always" }));
    const { first } = await splitSites(isp);
    const asker = await app.signIn(isp.tenantId, CLERK);
    const limited = await app.signIn(isp.tenantId, CLERK, { siteIds: [first] });
    const request = await askForFile(asker);
    assert.equal((await asker.get(request)).status, 200);
    assert.equal((await asker.post(`/admin/staff/${limited.staffUserId}/see`, {})).status, 303);
    assert.ok(!(await asker.get("/admin/approvals?view=all")).html.includes(request));
    assert.equal((await asker.get(request)).status, 404);
    await asker.post("/admin/see-as/end", {});
    assert.equal((await asker.get(request)).status, 200);
  });
});

Deno.test("own-requests-03: who is limited to a site decides about an account that reaches beyond it: what they have seen counts as seen", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 4 });
  const { first } = await splitSites(isp);
  const { payer, there } = await payAtBoth(isp);
  await liveUntil(isp, "2026-02-20T10:00");
  await isp.run((trx) => savePolicyRow(trx, "write_off", { ...NO_APPROVAL, mode: "always" }));
  const app = await createWebApp(isp.context);
  const decider = await app.signIn(isp.tenantId, PERMISSIONS, { siteIds: [first] });
  const bill = await isp.run((trx) =>
    trx.selectFrom("bills").select(["id", "total_centavos"]).where("tenant_id", "=", isp.tenantId)
      .where("subscription_id", "=", there).executeTakeFirstOrThrow()
  );
  const asked = assertOk(
    await askOrRun(isp.context, isp.tenantId, { kind: "staff", label: "Ana", staffUserId: null }, {
      kind: "write_off",
      input: {
        subscriberId: payer,
        kind: "write_off",
        billId: bill.id,
        amountCentavos: bill.total_centavos as never,
        reason: "Moved away",
        idempotencyKey: "memo-of-a-test-0001",
      },
      reason: "Moved away",
    }),
  );
  const request = asked.outcome === "asked" ? `/admin/approvals/${asked.requestId}` : "";
  const { html, text } = await decider.get(request);
  assert.match(text, /1 connection that is cut comes back on/, "what the act does");
  assert.doesNotMatch(text, /user2/, "and not which one it is");
  const seen = /name="seen" value="([^"]*)"/.exec(html)?.[1] ?? "";
  const done = await decider.post(request, { decision: "approve", revision: "1", seen, note: "" });
  assert.match(done.location, /done=approved/, done.text.slice(0, 400));
  const back = await isp.run((trx) =>
    trx.selectFrom("block_reasons").select("removed_at").where("tenant_id", "=", isp.tenantId)
      .where("subscription_id", "=", there).where("reason", "=", "nonpayment").executeTakeFirstOrThrow()
  );
  assert.notEqual(back.removed_at, null, "it restores what is elsewhere");
});
