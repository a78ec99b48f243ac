import assert from "node:assert/strict";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { assertBooksHold, liveUntil, offNow } from "@/tests/billing/isp.ts";
import { disableStaff } from "@/web/services/access/disable_staff.ts";
import { approveRequest, declineRequest } from "@/web/services/approvals/decide.ts";
import { reviseRequest } from "@/web/services/approvals/revise.ts";
import { runDueRequests } from "@/web/services/approvals/run_due_requests.ts";
import { withdrawRequest } from "@/web/services/approvals/withdraw.ts";
import { listAuditEntries } from "@/web/store/access/audit.ts";
import { findSoleOwner, savePolicyRow, saveSoleOwnerRow } from "@/web/store/approvals/policies.ts";
import { type Desk, openDesk, type Person } from "./_desk.ts";

const ALL = { after: 0n, limit: 1000 };
const ASKS = ["subscriber:read", "bill:void", "today:read"] as const;
const DECIDES = [...ASKS, "service_end:approve"] as const;

/** Id of what was asked for. */
async function askedId(desk: Desk, who: Person, n: number, lastDay?: string): Promise<string> {
  const asked = assertOk(await desk.ask(who, n, lastDay));
  if (asked.outcome !== "asked") throw new Error(`Cannot go on: it was ${asked.outcome}`);
  return asked.requestId;
}

async function actions(desk: Desk): Promise<string[]> {
  return (await desk.isp.run((trx) => listAuditEntries(trx, ALL))).map(({ action }) => action);
}

Deno.test("approvals-01: of two who approve at once one does, and the other reads who and when", async () => {
  await using database = await createTestDatabase();
  const desk = await openDesk(database);
  const [maria, ana, ben] = [
    await desk.hire("Maria", ASKS),
    await desk.hire("Ana", DECIDES),
    await desk.hire("Ben", DECIDES),
  ];
  const id = await askedId(desk, maria, 0);
  const seen = await desk.seen(id);
  const both = [ana, ben].map((who) =>
    approveRequest(desk.isp.context, desk.isp.tenantId, who, { requestId: id, revision: 1, seen })
  );
  const results = await Promise.all(both);
  const done = results.filter((result) => result.ok);
  assert.equal(done.length, 1);
  const other = results.find((result) => !result.ok);
  const { decided_by: by } = await desk.request(id);
  assert.equal(other?.code, "approval_decided");
  assert.deepEqual([other?.values.by, other?.values.state], [by, "approved"]);
  assert.deepEqual(await offNow(desk.isp), [0]);
  assert.equal((await actions(desk)).filter((action) => action === "subscription.ended").length, 1);
  await assertBooksHold(desk.isp);
});

Deno.test("approvals-02: an approval is about the request that was seen: a changed one has to be looked at again", async () => {
  await using database = await createTestDatabase();
  const desk = await openDesk(database);
  const { context, tenantId } = desk.isp;
  const [maria, ana] = [await desk.hire("Maria", ASKS), await desk.hire("Ana", DECIDES)];
  const id = await askedId(desk, maria, 0, "2026-02-20");
  const shown = { requestId: id, revision: 1, seen: await desk.seen(id) };
  const change = { requestId: id, kind: "service_end", input: desk.endOf(0), reason: "At once" } as const;
  assertRefused(await reviseRequest(context, tenantId, ana, change), "approval_not_asker");
  assertRefused(
    await reviseRequest(context, tenantId, maria, { ...change, input: desk.endOf(1) }),
    "approval_subject_other",
  );
  assertOk(await reviseRequest(context, tenantId, maria, change));
  assertRefused(await approveRequest(context, tenantId, ana, shown), "approval_moved");
  assertRefused(await declineRequest(context, tenantId, ana, { ...shown, note: "No" }), "approval_moved");
  assert.deepEqual(await offNow(desk.isp), []);
  assert.equal(assertOk(await desk.approve(ana, id)).state, "approved");
  assert.deepEqual(await offNow(desk.isp), [0], "the day that it was changed to");
});

Deno.test("nobody decides their own request: not with another role, and not with one of the same name", async () => {
  await using database = await createTestDatabase();
  const desk = await openDesk(database);
  const { context, tenantId } = desk.isp;
  const ana = await desk.hire("Ana", DECIDES);
  await desk.hire("Ben", DECIDES);
  const id = await askedId(desk, ana, 0);
  assertRefused(await desk.approve(ana, id), "approval_own");
  const decline = { requestId: id, revision: 1, note: "No" };
  assertRefused(await declineRequest(context, tenantId, ana, decline), "approval_own");
  // A key of theirs, or a job with their name, is no person.
  const seen = await desk.seen(id);
  const shown = { requestId: id, revision: 1, seen };
  for (
    const actor of [
      { kind: "api_key", label: "Ana" } as const,
      { kind: "staff", label: "Ben", staffUserId: null } as const,
      { kind: "system", label: "Scheduler" } as const,
    ]
  ) {
    assertRefused(await approveRequest(context, tenantId, actor, shown), "approval_not_yours");
  }
  assert.equal((await desk.request(id)).state, "asked");
  assert.deepEqual(await offNow(desk.isp), []);
});

Deno.test("only who may decides: with the permission, at the site, while they work here", async () => {
  await using database = await createTestDatabase();
  const desk = await openDesk(database);
  const { context, tenantId } = desk.isp;
  const maria = await desk.hire("Maria", ASKS);
  const cara = await desk.hire("Cara", ASKS);
  const elsewhere = await desk.hire("Dan", DECIDES, { siteIds: [] });
  const here = await desk.isp.run((trx) =>
    trx.selectFrom("sites").select("id").where("tenant_id", "=", tenantId).executeTakeFirstOrThrow()
  );
  const local = await desk.hire("Lina", DECIDES, { siteIds: [here.id] });
  const id = await askedId(desk, maria, 0);
  assertRefused(await desk.approve(cara, id), "approval_not_yours");
  assertRefused(await desk.approve(elsewhere, id), "approval_not_found");
  await desk.isp.run((trx) =>
    trx.updateTable("staff_memberships").set({ state: "disabled" }).where("tenant_id", "=", tenantId)
      .where("staff_user_id", "=", local.staffUserId).execute()
  );
  assertRefused(await desk.approve(local, id), "approval_not_yours");
  await desk.isp.run((trx) =>
    trx.updateTable("staff_memberships").set({ state: "active" }).where("tenant_id", "=", tenantId)
      .where("staff_user_id", "=", local.staffUserId).execute()
  );
  assertRefused(
    await declineRequest(context, tenantId, local, { requestId: id, revision: 1, note: " " }),
    "reason_required",
  );
  assertOk(await declineRequest(context, tenantId, local, { requestId: id, revision: 1, note: "They stay" }));
  const { state, note, decided_by } = await desk.request(id);
  assert.deepEqual([state, note, decided_by], ["declined", "They stay", "Lina"]);
  assertRefused(await desk.approve(local, id), "approval_decided");
  const [end] = await desk.isp.run((trx) =>
    trx.selectFrom("service_ends").select(["state", "note"]).where("tenant_id", "=", tenantId).execute()
  );
  assert.deepEqual(end, { state: "refused", note: "They stay" });
  // It can be asked for again.
  assertOk(await desk.ask(maria, 0));
});

Deno.test("approvals-07: what somebody decided keeps their name when they leave, and what they asked for is taken back", async () => {
  await using database = await createTestDatabase();
  const desk = await openDesk(database);
  const { context, tenantId } = desk.isp;
  const maria = await desk.hire("Maria", ASKS);
  const ana = await desk.hire("Ana", DECIDES);
  const boss = await desk.hire("Boss", [...DECIDES, "staff:write"]);
  const [decided, open] = [await askedId(desk, maria, 0), await askedId(desk, maria, 1)];
  const own = await askedId(desk, ana, 2);
  assertOk(await desk.approve(ana, decided));
  assertOk(await disableStaff(context, tenantId, { kind: "system", label: "Server" }, ana));
  assert.equal((await desk.request(decided)).decided_by, "Ana");
  const { state, decided_by: by } = await desk.request(own);
  assert.deepEqual([state, by], ["withdrawn", "Server"]);
  assert.equal(assertOk(await desk.approve(boss, open)).state, "approved", "it goes to the others");
});

Deno.test("what changes between asking and deciding is looked at again; what became impossible fails and changes nothing", async () => {
  await using database = await createTestDatabase();
  const desk = await openDesk(database);
  const { context, tenantId } = desk.isp;
  await desk.isp.run((trx) =>
    savePolicyRow(trx, "service_end", {
      mode: "always",
      fromCentavos: null,
      fromCount: null,
      binds: "others",
      expireDays: 30,
    })
  );
  const [maria, ana] = [await desk.hire("Maria", ASKS), await desk.hire("Ana", DECIDES)];
  const moved = await askedId(desk, maria, 0);
  const shown = { requestId: moved, revision: 1, seen: await desk.seen(moved) };
  await liveUntil(desk.isp, "2026-03-02T10:00");
  // February was billed meanwhile.
  assertRefused(await approveRequest(context, tenantId, ana, shown), "approval_moved");
  assert.equal((await desk.request(moved)).state, "asked");
  assert.equal(assertOk(await desk.approve(ana, moved)).state, "approved");
  // Another's connection goes before anybody decides.
  const gone = await askedId(desk, maria, 1, "2026-03-02");
  await desk.isp.run((trx) =>
    trx.updateTable("subscriptions").set({
      status: "cancelled",
      ended_on: Temporal.PlainDate.from("2026-03-01"),
    })
      .where("tenant_id", "=", tenantId).where("id", "=", desk.isp.subscriptionIds[1]!).execute()
  );
  const failed = assertOk(
    await approveRequest(context, tenantId, ana, { requestId: gone, revision: 1, seen: "" }),
  );
  assert.equal(failed.state, "failed");
  assert.match((await desk.request(gone)).failure ?? "", /subscription_not_found/);
});

Deno.test("a request expires after its days, and is decided no more even before it is closed", async () => {
  await using database = await createTestDatabase();
  const desk = await openDesk(database);
  const { context, tenantId } = desk.isp;
  const [maria, ana] = [await desk.hire("Maria", ASKS), await desk.hire("Ana", DECIDES)];
  const id = await askedId(desk, maria, 0, "2026-02-25");
  desk.isp.clock.set("2026-02-17T09:59:59+08:00");
  assert.equal(await runDueRequests(context, tenantId), 0);
  desk.isp.clock.set("2026-02-17T10:00:00+08:00");
  assertRefused(await desk.approve(ana, id), "approval_decided");
  assert.equal(await runDueRequests(context, tenantId), 1);
  assert.equal(await runDueRequests(context, tenantId), 0, "a second time nothing is left");
  assert.equal((await desk.request(id)).state, "expired");
  assertRefused(await withdrawRequest(context, tenantId, maria, { requestId: id }), "approval_decided");
  assertOk(await desk.ask(maria, 0, "2026-02-25"));
});

Deno.test("approvals-04: a sole owner's operation runs at once or cools off, by a setting, and the audit log says which", async () => {
  await using database = await createTestDatabase();
  const desk = await openDesk(database);
  const { context, tenantId } = desk.isp;
  const ana = await desk.hire("Ana", DECIDES);
  assert.deepEqual(await desk.isp.run(findSoleOwner), { mode: "at_once", coolingHours: 24 });
  assertRefused(await desk.ask(ana, 0, undefined, ""), "reason_required");
  assert.equal(assertOk(await desk.ask(ana, 0)).outcome, "done");
  assert.deepEqual(await offNow(desk.isp), [0]);
  const entries = await desk.isp.run((trx) => listAuditEntries(trx, ALL));
  assert.match(entries.at(-1)?.summary ?? "", /audit_approval_own/);

  await desk.isp.run((trx) => saveSoleOwnerRow(trx, { mode: "cooling_off", coolingHours: 2 }));
  const cooling = assertOk(await desk.ask(ana, 1));
  const taken = assertOk(await desk.ask(ana, 2));
  assert.ok(cooling.outcome === "cooling_off" && taken.outcome === "cooling_off");
  assertRefused(await desk.approve(ana, cooling.requestId), "approval_own");
  assertOk(await withdrawRequest(context, tenantId, ana, { requestId: taken.requestId }));
  desk.isp.clock.set("2026-02-10T11:59:59+08:00");
  assert.equal(await runDueRequests(context, tenantId), 0);
  desk.isp.clock.set("2026-02-10T12:00:00+08:00");
  await Promise.all([runDueRequests(context, tenantId), runDueRequests(context, tenantId)]);
  assert.deepEqual(await offNow(desk.isp), [0, 1]);
  const { state, how, decided_by } = await desk.request(cooling.requestId);
  assert.deepEqual([state, how, decided_by], ["approved", "cooled_off", "Ana"]);
  assert.match(
    (await desk.isp.run((trx) => listAuditEntries(trx, ALL))).at(-1)?.summary ?? "",
    /audit_approval_cooled/,
  );

  await desk.hire("Ben", DECIDES);
  assert.equal(assertOk(await desk.ask(ana, 3)).outcome, "asked", "there is somebody else now");
});

Deno.test("who asks twice at once has one request", async () => {
  await using database = await createTestDatabase();
  const desk = await openDesk(database);
  const maria = await desk.hire("Maria", ASKS);
  await desk.hire("Ana", DECIDES);
  const results = await Promise.all([desk.ask(maria, 0), desk.ask(maria, 0), desk.ask(maria, 0)]);
  assert.equal(results.filter((result) => result.ok).length, 1);
  for (const result of results) if (!result.ok) assert.equal(result.code, "approval_open_already");
});

Deno.test("who may decide does it at once where the policy binds the others alone, as it has been", async () => {
  await using database = await createTestDatabase();
  const desk = await openDesk(database, { binds: "others" });
  const [maria, ana] = [await desk.hire("Maria", ASKS), await desk.hire("Ana", DECIDES)];
  assert.equal(assertOk(await desk.ask(maria, 0)).outcome, "asked");
  assert.equal(assertOk(await desk.ask(ana, 1)).outcome, "done");
  assertRefused(await desk.ask(ana, 0), "approval_open_already");
  assert.deepEqual(await offNow(desk.isp), [1]);
});
