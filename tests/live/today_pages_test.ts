import assert from "node:assert/strict";
import { type Isp, liveUntil, pay } from "@/tests/billing/isp.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { followAll, LISTS } from "./_figures.ts";
import { MORNING, playedMorning } from "../cuts/tonight_isp.ts";
import { connectAgent } from "@/tests/support/agent_presence.ts";

async function showAsOnline(isp: Isp): Promise<void> {
  const now = isp.clock.now();
  await isp.run(async (trx) => {
    await connectAgent(trx, isp);
    await trx.updateTable("routers").set({ status: "online", status_at: now })
      .where("tenant_id", "=", isp.tenantId).where("id", "=", isp.routerIds[0]!).execute();
    const secrets = await trx.selectFrom("desired_secrets").select(["router_id", "ppp_name"])
      .where("tenant_id", "=", isp.tenantId).orderBy("ppp_name").execute();
    await trx.insertInto("observed_secrets").values(secrets.map((secret, n) => ({
      ...secret,
      tenant_id: isp.tenantId,
      is_present: true,
      is_disabled: false,
      profile: "50M",
      is_online: n % 3 !== 0,
      address: null,
      caller_id: null,
      uptime_seconds: null,
      drift: null,
      observed_at: now,
    }))).execute();
  });
}

Deno.test("every number on Today equals the list that it opens, through all of its pages", async () => {
  await using past = await playedMorning({ subscribers: 60 });
  const { isp } = past;
  await showAsOnline(isp);
  for (const n of [12, 13, 14]) await pay(isp, n, n === 13 ? 700 : 1499);
  assertOk(
    await recordPayment(isp.context, isp.tenantId, isp.actor, {
      subscriberId: isp.subscriberIds[15]!,
      amountCentavos: 149_900n as never,
      method: "gcash",
      receivedOn: Temporal.PlainDate.from("2026-02-14"),
      reference: "9012345678",
      idempotencyKey: "counter-gcash-0001",
    }),
  );
  const app = await createWebApp(isp.context, { only: ["/admin", ...LISTS] });
  const owner = await app.signIn(isp.tenantId, "Owner");
  const figures = await followAll(owner);
  const leads = new Set(figures.map(({ href }) => href.split("?")[0]));
  assert.deepEqual([...leads].sort(), [...LISTS].sort());
  // 120 days of money in the table of the chart, and about twenty figures around it.
  assert.ok(figures.length > 70, `only ${figures.length} numbers are links`);
  const { html } = await owner.get("/admin");
  assert.match(html, /class="kpi-value">\d/);
});

Deno.test("after midnight in the tenant's zone Today is the new day, and its numbers still equal their lists", async () => {
  await using past = await playedMorning();
  const { isp } = past;
  await liveUntil(isp, "2026-02-14T23:50:00");
  await pay(isp, 0, 1499);
  const app = await createWebApp(isp.context, { only: ["/admin", ...LISTS] });
  const late = await app.signIn(isp.tenantId, "Owner");
  assert.match((await late.get("/admin")).text, /Collected today ₱1,499\.00/);
  await followAll(late);
  // 00:02 in Manila; in UTC it is still the 14th.
  await liveUntil(isp, "2026-02-15T00:02:00");
  const early = await app.signIn(isp.tenantId, "Owner");
  const page = await early.get("/admin");
  assert.match(page.text, /Sun, 15 Feb 2026/);
  assert.match(page.text, /Collected today ₱0\.00/);
  await followAll(early);
});

Deno.test("what needs a person has one sentence and one button, and those without the permission do not see it", async () => {
  await using past = await playedMorning({ brakePercent: 5 });
  const { isp } = past;
  const app = await createWebApp(isp.context, { only: ["/admin", ...LISTS] });
  const owner = await app.signIn(isp.tenantId, "Owner");
  const page = await owner.get("/admin");
  assert.match(page.text, /The cut run of Sat, 14 Feb 2026 waits for approval with 6 connections/);
  assert.match(page.html, /href="\/admin\/tonight\/approve\?run=[^"]*"[^>]*>(<[^>]*>)*Look and approve/);
  assert.match(page.text, /The agent of Ilaya is not connected/);
  assert.doesNotMatch(page.text, /Router 1: it was not reached yet/, "one line for one cause");
  const technician = await app.signIn(isp.tenantId, "Technician");
  const theirs = await technician.get("/admin");
  assert.doesNotMatch(theirs.text, /waits for approval/);
  assert.doesNotMatch(theirs.text, /₱/, "a role without money sees no money");
  assert.match(
    theirs.text,
    /Not shown to your role: Tonight, payments, bills and what is past due\. Ana Reyes can change that/,
  );
});

Deno.test("failed commands, two payments with one reference and days without runs are listed until they are settled", async () => {
  await using past = await playedMorning();
  const { isp } = past;
  const now = isp.clock.now();
  const [routerId = ""] = isp.routerIds;
  const command = async (status: "failed" | "done", minutes: number) => {
    await isp.run(async (trx) => {
      const { id } = await trx.selectFrom("agents").select("id").where("tenant_id", "=", isp.tenantId)
        .executeTakeFirstOrThrow();
      const at = now.add({ minutes });
      await trx.insertInto("commands").values({
        tenant_id: isp.tenantId,
        id: crypto.randomUUID(),
        agent_id: id,
        router_id: routerId,
        kind: "test_router",
        status,
        requested_by: "Maria Santos",
        requested_at: at,
        not_after_at: at.add({ minutes: 5 }),
        sent_at: at,
        finished_at: at,
        result: null,
        error_code: status === "failed" ? "timeout" : null,
        error_message: status === "failed" ? "The router did not answer in 10 s." : null,
      }).execute();
    });
  };
  await command("failed", 0);
  for (const key of ["a", "b"]) {
    await recordPayment(isp.context, isp.tenantId, isp.actor, {
      subscriberId: isp.subscriberIds[key === "a" ? 0 : 1]!,
      amountCentavos: 10_000n as never,
      method: "gcash",
      receivedOn: Temporal.PlainDate.from("2026-02-14"),
      reference: "9012345678",
      confirmDuplicateReference: true,
      idempotencyKey: `counter-gcash-000${key}`,
    });
  }
  const app = await createWebApp(isp.context, { only: ["/admin", ...LISTS] });
  const owner = await app.signIn(isp.tenantId, "Owner");
  const first = await owner.get("/admin");
  assert.match(first.text, /A command to Router 1 did not succeed: The router did not answer in 10 s\./);
  assert.match(first.text, /2 posted payments have the same GCash reference, 9012345678/);
  await command("done", 1);
  assert.doesNotMatch((await owner.get("/admin")).text, /did not succeed/);
  assert.doesNotMatch(first.text, /the scheduler does not run/);
  isp.clock.advance({ hours: 72 });
  const later = await app.signIn(isp.tenantId, "Owner");
  assert.match((await later.get("/admin")).text, /The runs of 3 days are missing, from Sun, 15 Feb 2026 on/);
});

Deno.test("a held connection counts in the Tonight card as its list shows it", async () => {
  await using past = await playedMorning();
  const { isp } = past;
  assertOk(
    await holdSubscription(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: isp.subscriptionIds[0]!,
      untilOn: Temporal.PlainDate.from("2026-02-18"),
      reason: "Pays on Wednesday",
    }),
  );
  const app = await createWebApp(isp.context, { only: ["/admin", ...LISTS] });
  const owner = await app.signIn(isp.tenantId, "Owner");
  assert.match((await owner.get("/admin")).text, /Held, nobody cuts them 2/);
  assert.ok(MORNING.startsWith("2026-02-14"));
  await followAll(owner);
});
