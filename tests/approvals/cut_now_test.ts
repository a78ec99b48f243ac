import assert from "node:assert/strict";
import { liveUntil } from "@/tests/billing/isp.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { type Scene, withScene } from "@/tests/support/scene.ts";
import { PERMISSIONS } from "@/web/domain/access/mod.ts";
import { NO_APPROVAL } from "@/web/domain/approvals/mod.ts";
import type { StaffActor } from "@/web/services/context.ts";
import { runCutNow } from "@/web/services/cuts/approve_cut_run.ts";
import { excludeFromRun, includeInRun } from "@/web/services/cuts/exclude_from_run.ts";
import { listPolicies, savePolicyRow } from "@/web/store/approvals/policies.ts";
import { findRun, findScheduledRun } from "@/web/store/billing/runs.ts";

const ANA: StaffActor = { kind: "staff", label: "Ana", staffUserId: null };

/** The list of 14 February, before its hour, with a policy for so many connections. */
async function withList(
  fromCount: number,
  work: (scene: Scene & { runId: string; clerk: Scene["owner"] }) => Promise<void>,
): Promise<void> {
  await withScene("2026-02-13T20:00", async (scene) => {
    const { isp, app } = scene;
    await liveUntil(isp, "2026-02-14T08:00");
    await isp.run((trx) => savePolicyRow(trx, "cut_now", { ...NO_APPROVAL, mode: "above", fromCount }));
    const day = Temporal.PlainDate.from("2026-02-14");
    const run = await isp.run((trx) => findScheduledRun(trx, "cut", day));
    const clerk = await app.signIn(isp.tenantId, PERMISSIONS.filter((one) => one !== "approval:decide"));
    const owner = await app.signIn(isp.tenantId, "Owner");
    await work({ ...scene, owner, clerk, runId: run!.id });
  });
}

const statusOf = ({ isp }: Scene, runId: string) =>
  isp.run(async (trx) => (await findRun(trx, runId))?.status);

Deno.test("cut-now-01: running the list by hand is asked for from so many connections on; approved it is run, and nothing else leads there", async () => {
  await withList(2, async (scene) => {
    const { isp, owner, clerk, runId } = scene;
    const path = `/admin/tonight/run?run=${runId}`;
    const before = await statusOf(scene, runId);
    assert.match((await clerk.get(path)).text, /This needs approval by /);
    assertRefused(await runCutNow(isp.context, isp.tenantId, ANA, { runId }), "approval_needed");
    const sent = await clerk.post("/admin/tonight/run", { run: runId, reason: "The crew is on site" });
    assert.match(sent.location, /^\/admin\/approvals\/[0-9a-f-]{36}\?done=asked/, sent.text.slice(0, 300));
    assert.equal(await statusOf(scene, runId), before);
    const request = sent.location.split("?")[0] ?? "";
    const page = await owner.get(request);
    assert.match(page.text, /Cutting many by hand/);
    assert.match(page.text, /\d+ connections are on the list/);
    const seen = /name="seen" value="([^"]*)"/.exec(page.html)?.[1] ?? "";
    const done = await owner.post(request, { decision: "approve", revision: "1", seen, note: "" });
    assert.match(done.location, /done=approved/);
    assert.equal(await statusOf(scene, runId), "done");
  });
});

Deno.test("cut-now-02: fewer are cut at once, and the form of the policy keeps a number of connections", async () => {
  await withList(500, async (scene) => {
    const { isp, owner, clerk, runId } = scene;
    const page = "/admin/settings/approvals/cut_now";
    const policy = { mode: "above", count: "600", binds: "others", days: "7" };
    assert.equal((await owner.post(page, { ...policy, count: "" })).status, 422);
    assert.equal((await owner.post(page, policy)).status, 303);
    assert.equal((await isp.run((trx) => listPolicies(trx))).get("cut_now")?.fromCount, 600);
    assert.match((await owner.get("/admin/settings/approvals")).text, /From 600 connections on/);
    const sent = await clerk.post("/admin/tonight/run", { run: runId });
    assert.equal(sent.location, `/admin/runs/${runId}?done=ran`);
    assertOk(await runCutNow(isp.context, isp.tenantId, ANA, { runId }));
  });
});

/** Asks for the run, and opens its request as the owner does. */
async function askForRun({ clerk, owner, runId }: Scene & { runId: string; clerk: Scene["owner"] }) {
  const sent = await clerk.post("/admin/tonight/run", { run: runId, reason: "The crew is on site" });
  const request = sent.location.split("?")[0] ?? "";
  assert.match(request, /^\/admin\/approvals\/[0-9a-f-]{36}$/, sent.text.slice(0, 300));
  const { html } = await owner.get(request);
  const seen = /name="seen" value="([^"]*)"/.exec(html)?.[1] ?? "";
  return {
    request,
    approve: () => owner.post(request, { decision: "approve", revision: "1", seen, note: "" }),
  };
}

Deno.test("cut-now-03: who comes on the list after it was read is not cut by the approval: the new list is read first; who leaves it keeps nothing from being done", async () => {
  await withList(2, async (scene) => {
    const { isp, owner, runId } = scene;
    const n = (await isp.run((trx) =>
      trx.selectFrom("run_rows").select("subscription_id").where("tenant_id", "=", isp.tenantId)
        .where("run_id", "=", runId).where("outcome", "=", "listed").orderBy("position").execute()
    )).map(({ subscription_id }) =>
      subscription_id
    );
    const businessOn = Temporal.PlainDate.from("2026-02-14");
    const late = n[0]!;
    // Not on the list when it was made, as one that was held then.
    await isp.run((trx) =>
      trx.updateTable("run_rows").set({ outcome: "excluded" }).where("tenant_id", "=", isp.tenantId)
        .where("run_id", "=", runId).where("subscription_id", "=", late).execute()
    );
    const leave = (subscriptionId: string) =>
      excludeFromRun(isp.context, isp.tenantId, isp.actor, {
        subscriptionId,
        businessOn,
        reason: "Promised",
      });
    assertOk(await leave(late));
    const first = await askForRun(scene);
    assertOk(await includeInRun(isp.context, isp.tenantId, isp.actor, { subscriptionId: late, businessOn }));
    const refused = await first.approve();
    assert.equal(refused.status, 422);
    assert.match(refused.text, /has changed since you looked/);
    assert.notEqual(await statusOf(scene, runId), "done");
    const { html, text } = await owner.get(first.request);
    assert.match(text, new RegExp(`${n.length} connections are on the list`));
    const seen = /name="seen" value="([^"]*)"/.exec(html)?.[1] ?? "";
    assertOk(await leave(n[1]!));
    const done = await owner.post(first.request, { decision: "approve", revision: "1", seen, note: "" });
    assert.match(done.location, /done=approved/);
    const cut = await isp.run(async (trx) => (await findRun(trx, runId))?.changed);
    assert.equal(cut, n.length - 1, "fewer are");
  });
});

Deno.test("cut-now-04: a brake that trips when it is approved stops the list: it waits for a person's look at it, row by row", async () => {
  await withList(2, async (scene) => {
    const { isp, owner, runId } = scene;
    const { request, approve } = await askForRun(scene);
    await isp.run((trx) =>
      trx.updateTable("tenants").set({ brake_percent: 1 }).where("id", "=", isp.tenantId).execute()
    );
    await approve();
    const page = await owner.get(request);
    assert.match(page.text, /The run of 14 Feb 2026 waits for approval/);
    assert.equal(await statusOf(scene, runId), "awaiting_approval", "and so it does");
  });
});

Deno.test("cut-now-05: the number that the policy goes by is that of the list which is run", async () => {
  await withList(2, async (scene) => {
    const { isp, runId } = scene;
    const rows = (trx: Parameters<Parameters<typeof isp.run>[0]>[0]) =>
      trx.updateTable("run_rows").where("tenant_id", "=", isp.tenantId).where("run_id", "=", runId);
    const one = await isp.run((trx) =>
      trx.selectFrom("run_rows").select("subscription_id").where("tenant_id", "=", isp.tenantId)
        .where("run_id", "=", runId).where("outcome", "=", "listed").limit(1).executeTakeFirstOrThrow()
    );
    await isp.run((trx) =>
      rows(trx).set({ outcome: "held" }).where("outcome", "=", "listed")
        .where("subscription_id", "<>", one.subscription_id).execute()
    );
    let transactions = 0;
    // Between one transaction and the next the others come on the list.
    const before = async (trx: Parameters<Parameters<typeof isp.run>[0]>[0]) => {
      if (++transactions === 2) {
        await rows(trx).set({ outcome: "listed" }).where("outcome", "=", "held").execute();
      }
    };
    await runCutNow({ ...isp.context, before }, isp.tenantId, ANA, { runId });
    const cut = await isp.run(async (trx) => (await findRun(trx, runId))?.changed);
    assert.ok((cut ?? 0) <= 1, `${cut} were cut where more than one is asked for`);
  });
});
