import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { silentLogger } from "@/shared/log.ts";
import { assertBooksHold, liveUntil, offNow, pay } from "@/tests/billing/isp.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { NO_APPROVAL } from "@/web/domain/approvals/mod.ts";
import { approveRequest, declineRequest } from "@/web/services/approvals/decide.ts";
import { withdrawRequest } from "@/web/services/approvals/withdraw.ts";
import { changePlan } from "@/web/services/billing/change_plan.ts";
import { createPlan } from "@/web/services/billing/save_plan.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { takeBackEnd } from "@/web/services/subscribers/take_back_end.ts";
import { savePolicyRow } from "@/web/store/approvals/policies.ts";
import { migrate } from "@/web/store/db/migrate.ts";
import { type Desk, openDesk, type Person } from "./_desk.ts";

const ASKS = ["subscriber:read", "bill:void", "approval:read"] as const;
const DECIDES = [...ASKS, "service_end:approve"] as const;

interface Waiting {
  desk: Desk;
  maria: Person;
  ana: Person;
  ask(n: number, lastDay?: string): Promise<{ requestId: string; revision: number; seen: string }>;
}

/** Two people, and requests that a month does not expire; two bills are there. */
async function waiting(database: TestDatabase): Promise<Waiting> {
  const desk = await openDesk(database);
  await desk.isp.run((trx) =>
    savePolicyRow(trx, "service_end", { ...NO_APPROVAL, mode: "always", expireDays: 60 })
  );
  await liveUntil(desk.isp, "2026-03-05T10:00");
  const [maria, ana] = [await desk.hire("Maria", ASKS), await desk.hire("Ana", DECIDES)];
  return {
    desk,
    maria,
    ana,
    ask: async (n, lastDay = "2026-03-05") => {
      const asked = assertOk(await desk.ask(maria, n, lastDay));
      if (asked.outcome !== "asked") throw new Error(`Cannot go on: it was ${asked.outcome}`);
      return { requestId: asked.requestId, revision: 1, seen: await desk.seen(asked.requestId) };
    },
  };
}

Deno.test("a bill that is voided, a plan that changes, a payment and a vacation between asking and deciding: look again first", async () => {
  await using database = await createTestDatabase();
  const { desk, ana, ask } = await waiting(database);
  const { isp } = desk;
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  // The second one ends behind the day from which its new plan counts.
  const shown = [await ask(0), await ask(1, "2026-04-10"), await ask(2), await ask(3)];
  const bill = await isp.run((trx) =>
    trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId)
      .where("subscription_id", "=", isp.subscriptionIds[0]!).where("status", "=", "issued").orderBy("number")
      .executeTakeFirstOrThrow()
  );
  assertOk(await voidBill(...call, { billId: bill.id, reason: "Wrong", periods: "never" }));
  const dearer = { name: "Fiber 100", priceCentavos: centavos(150000), pppProfile: "100M", speed: null };
  const { planId } = assertOk(await createPlan(...call, dearer));
  assertOk(await changePlan(...call, { subscriptionId: isp.subscriptionIds[1]!, planId }));
  await pay(isp, 2, 500);
  const vacation = { subscriptionId: isp.subscriptionIds[3]!, reason: "vacation", note: "Away" } as const;
  assertOk(await suspendSubscription(...call, vacation));
  for (const one of shown.slice(0, 3)) {
    assertRefused(await approveRequest(isp.context, isp.tenantId, ana, one), "approval_moved");
  }
  assert.deepEqual(await offNow(isp), [3], "only the vacation");
  for (const { requestId } of shown) {
    assert.equal(assertOk(await desk.approve(ana, requestId)).state, "approved");
  }
  assert.deepEqual(await offNow(isp), [0, 2, 3]);
  await pay(isp, 1, 5000);
  await liveUntil(isp, "2026-04-11T10:00");
  assert.deepEqual(await offNow(isp), [0, 1, 2, 3]);
  await assertBooksHold(isp);
});

Deno.test("of approving, declining, taking back and changing at once one happens, whatever waits for whom", async () => {
  await using database = await createTestDatabase();
  const { desk, maria, ana, ask } = await waiting(database);
  const { isp } = desk;
  const ben = await desk.hire("Ben", DECIDES);
  const call = [isp.context, isp.tenantId] as const;
  for (const n of [0, 1, 2, 3]) {
    const shown = await ask(n);
    const { requestId } = shown;
    const results = await Promise.all([
      approveRequest(...call, ana, shown),
      declineRequest(...call, ben, { ...shown, note: "No" }),
      withdrawRequest(...call, maria, { requestId }),
      takeBackEnd(...call, maria, { subscriptionId: isp.subscriptionIds[n]! }),
    ]);
    const happened = results.filter((result) => result.ok);
    assert.equal(happened.length, 1, JSON.stringify(results.map((result) => result.ok || result.code)));
    const { state } = await desk.request(requestId);
    assert.equal((await offNow(isp)).includes(n), state === "approved", state);
    const ends = await isp.run((trx) =>
      trx.selectFrom("service_ends").select("state").where("tenant_id", "=", isp.tenantId)
        .where("subscription_id", "=", isp.subscriptionIds[n]!).where("state", "in", ["asked", "planned"])
        .execute()
    );
    assert.deepEqual(ends, [], "nothing is left on its way");
  }
  await assertBooksHold(isp);
});

Deno.test("an approver who waits behind the lock reads who was faster", async () => {
  await using database = await createTestDatabase();
  const { desk, ana, ask } = await waiting(database);
  const { isp } = desk;
  const shown = await ask(0);
  const ben = await desk.hire("Ben", DECIDES);
  let second: ReturnType<typeof approveRequest> | undefined;
  const slow = {
    ...isp.context,
    // Inside the first transaction, before it decides: the second one has begun and waits.
    before: async (trx: Parameters<NonNullable<typeof isp.context.before>>[0]) => {
      await trx.selectFrom("approval_requests").select("id").where("tenant_id", "=", isp.tenantId)
        .where("id", "=", shown.requestId).forNoKeyUpdate().execute();
      second = approveRequest(isp.context, isp.tenantId, ben, shown);
    },
  };
  assert.equal(assertOk(await approveRequest(slow, isp.tenantId, ana, shown)).state, "approved");
  const late = await second!;
  assert.ok(!late.ok && late.code === "approval_decided");
  assert.equal(late.values.by, "Ana");
});

Deno.test("ends that waited for an approval are taken over as requests of whoever asked, and go back", async () => {
  await using database = await createTestDatabase();
  const { desk, maria, ana, ask } = await waiting(database);
  const { isp } = desk;
  const { requestId } = await ask(0, "2026-03-20");
  const last = async () => {
    const names = await migrate(database.ownerUrl, { to: "0068_lighten_mail" }, silentLogger);
    return names.map(({ name }) => name);
  };
  assert.ok((await last()).includes("0072_ask_approvals"));
  await isp.run((trx) =>
    trx.updateTable("tenants").set({ end_approval: "on" }).where("id", "=", isp.tenantId).execute()
  );
  await migrate(database.ownerUrl, {}, silentLogger);
  const taken = await isp.run((trx) =>
    trx.selectFrom("approval_requests").select(["id", "asked_by", "asked_by_id", "reason", "state"])
      .where("tenant_id", "=", isp.tenantId).execute()
  );
  assert.equal(taken.length, 1);
  const [request] = taken;
  assert.notEqual(request!.id, requestId, "it is made of the end");
  assert.deepEqual([request!.asked_by, request!.reason, request!.state], ["Maria", "Moves to Cebu", "asked"]);
  assert.equal(request!.asked_by_id, maria.staffUserId, "by person, from the audit log");
  // The real clock of the database dates it; its time is over for the clock of this test only later.
  assertRefused(await desk.approve(maria, request!.id), "approval_own");
  assert.equal(assertOk(await desk.approve(ana, request!.id)).state, "approved");
  const policy = await isp.run((trx) =>
    trx.selectFrom("approval_policies").select(["mode", "binds"]).where("tenant_id", "=", isp.tenantId)
      .execute()
  );
  assert.deepEqual(policy, [{ mode: "always", binds: "others" }]);
});
