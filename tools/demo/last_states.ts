import { sql } from "kysely";
import { disputeBill } from "@/web/services/billing/dispute_bill.ts";
import { changePlan } from "@/web/services/billing/change_plan.ts";
import { excludeFromRun } from "@/web/services/cuts/exclude_from_run.ts";
import { holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { expireOverdueCommands } from "@/web/services/network/commands/expire_commands.ts";
import { resumeSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { testRouter } from "@/web/services/network/test_router.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { inBooks, must, type Seed } from "./books.ts";
import { RELAY, TOWER } from "./demo_data.ts";
import { routerIs } from "./connect.ts";
import { untilRoutersFollow } from "./routers_follow.ts";
import { welcomeNewcomers } from "./newcomers.ts";

/** The last touches, so that today every state of the vocabulary is somewhere to be seen. */
export async function leaveTraces(seed: Seed): Promise<void> {
  await holdSome(seed);
  await excludeOne(seed);
  await disputeOne(seed);
  await planChanges(seed);
  await welcomeNewcomers(seed);
  await untilRoutersFollow(seed);
  await touchRouterByHand(seed);
  await breakRelay(seed);
}

const HOLD_REASONS = [
  "Promised to pay on payday",
  "Waiting for a bank transfer",
  "House fire, barangay asked us to wait",
];

interface LateLines {
  today: Temporal.PlainDate;
  lines: string[];
  /** Those that tomorrow's run would cut. */
  listed: string[];
}

/** Connections that are on, of people who owe past the due date. */
async function lateLines(seed: Seed): Promise<LateLines> {
  return await inBooks(seed, async (trx) => {
    const { today } = businessNow(await getTenant(trx), seed.context.clock);
    const { rows } = await sql<{ subscription_id: string; is_listed: boolean }>`
      select b.subscription_id, bool_or(b.due_on + b.grace_days <= ${today}::date) as is_listed from bills b
      join subscriptions c on c.tenant_id = b.tenant_id and c.id = b.subscription_id and c.status = 'active'
      where b.tenant_id = ${seed.tenantId} and b.status = 'issued' and b.paid_centavos < b.total_centavos
        and b.due_on < ${today}
        and not exists (select from block_reasons r where r.tenant_id = b.tenant_id
          and r.subscription_id = b.subscription_id and r.removed_at is null)
        and not exists (select from holds h where h.tenant_id = b.tenant_id
          and h.subscription_id = b.subscription_id and h.ended_at is null and h.until_on >= ${today})
      group by b.subscription_id order by b.subscription_id`.execute(trx);
    return {
      today,
      lines: rows.map((row) => row.subscription_id),
      listed: rows.filter((row) => row.is_listed).map((row) => row.subscription_id),
    };
  });
}

async function holdSome(seed: Seed): Promise<void> {
  const { today, lines } = await lateLines(seed);
  for (const [index, reason] of HOLD_REASONS.entries()) {
    const subscriptionId = lines[index];
    if (subscriptionId === undefined) return;
    const untilOn = today.add({ days: 3 + index });
    must(
      await holdSubscription(seed.context, seed.tenantId, seed.owner, { subscriptionId, untilOn, reason }),
    );
  }
}

async function excludeOne(seed: Seed): Promise<void> {
  const { today, listed } = await lateLines(seed);
  const [subscriptionId] = listed;
  if (subscriptionId === undefined) return;
  must(
    await excludeFromRun(seed.context, seed.tenantId, seed.owner, {
      subscriptionId,
      businessOn: today.add({ days: 1 }),
      reason: "Pays at the office tomorrow morning",
    }),
  );
}

/** Somebody says that the line was off: their oldest bill is disputed. */
async function disputeOne(seed: Seed): Promise<void> {
  const { lines } = await lateLines(seed);
  const subscriptionId = lines.at(-1);
  if (subscriptionId === undefined) return;
  const billId = await inBooks(seed, async (trx) => {
    const { rows: [bill] } = await sql<{ id: string }>`
      select b.id from bills b where b.tenant_id = ${seed.tenantId} and b.subscription_id = ${subscriptionId}
        and b.status = 'issued' and b.paid_centavos < b.total_centavos order by b.due_on limit 1`.execute(
      trx,
    );
    return bill?.id;
  });
  if (billId === undefined) return;
  must(
    await disputeBill(seed.context, seed.tenantId, seed.owner, {
      billId,
      amountCentavos: null,
      reason: "Says that the line was off for ten days after the typhoon",
    }),
  );
}

/** Two people have asked for more speed from their next cycle on. */
async function planChanges(seed: Seed): Promise<void> {
  const rows = await inBooks(seed, async (trx) => {
    const { rows } = await sql<{ id: string; plan_id: string }>`
      select c.id, better.id as plan_id from subscriptions c
      join plans p on p.tenant_id = c.tenant_id and p.id = c.plan_id and p.name = 'Fiber 25'
      join plans better on better.tenant_id = c.tenant_id and better.name = 'Fiber 50'
      where c.tenant_id = ${seed.tenantId} and c.status = 'active' and c.billed_through_on is not null
        and not exists (select from block_reasons r where r.tenant_id = c.tenant_id
          and r.subscription_id = c.id and r.removed_at is null)
      order by c.id limit 2`.execute(trx);
    return rows;
  });
  for (const { id, plan_id } of rows) {
    must(
      await changePlan(seed.context, seed.tenantId, seed.owner, { subscriptionId: id, planId: plan_id }),
    );
  }
}

/** Somebody with WinBox switches a cut line on, and deletes the secret of another one: drift, told and left alone. */
async function touchRouterByHand(seed: Seed): Promise<void> {
  const sim = seed.stack.sims.get(TOWER.name);
  if (sim === undefined) throw new Error("Cannot fill the demo: the tower is gone");
  const { cut, on } = await inBooks(seed, async (trx) => {
    const { rows } = await sql<{ ppp_name: string; is_disabled: boolean }>`
      select d.ppp_name, d.is_disabled from desired_secrets d
      join routers r on r.tenant_id = d.tenant_id and r.id = d.router_id and r.name = ${TOWER.name}
      where d.tenant_id = ${seed.tenantId} and d.removed_at is null
        and (not d.is_disabled or d.authorisation_id is not null) order by d.ppp_name`.execute(trx);
    return {
      cut: rows.find((row) => row.is_disabled)?.ppp_name,
      on: rows.findLast((row) => !row.is_disabled)?.ppp_name,
    };
  });
  const { secrets } = sim.world;
  for (const row of secrets.named(cut ?? "")) secrets.update(row[".id"] ?? "", { disabled: "false" });
  for (const row of secrets.named(on ?? "")) secrets.remove(row[".id"] ?? "");
  await bringOneBack(seed, cut ?? "");
}

/** A line that was off when it was imported is wanted again. The agent reads the tower for it, and sees the rest. */
async function bringOneBack(seed: Seed, touched: string): Promise<void> {
  const line = await inBooks(seed, async (trx) => {
    const { rows } = await sql<{ id: string }>`
      select c.id from subscriptions c
      join routers r on r.tenant_id = c.tenant_id and r.id = c.router_id and r.name = ${TOWER.name}
      join block_reasons k on k.tenant_id = c.tenant_id and k.subscription_id = c.id
        and k.reason = 'imported_disabled' and k.removed_at is null
      where c.tenant_id = ${seed.tenantId} and c.ppp_name <> ${touched} order by c.id limit 1`.execute(trx);
    return rows[0];
  });
  if (line === undefined) {
    throw new Error("Cannot fill the demo: nobody on the tower was off when it was imported");
  }
  must(
    await resumeSubscription(seed.context, seed.tenantId, seed.owner, {
      subscriptionId: line.id,
      reason: "imported_disabled",
    }),
  );
}

/** The relay's radio link is down. A test of it failed, and one that nobody could answer in time expired. */
async function breakRelay(seed: Seed): Promise<void> {
  const { context, tenantId, owner, stack } = seed;
  const { id: routerId } = await inBooks(
    seed,
    (trx) =>
      trx.selectFrom("routers").select("id").where("tenant_id", "=", tenantId).where("name", "=", RELAY.name)
        .executeTakeFirstOrThrow(),
  );
  const clock = { now: () => context.clock.now().subtract({ minutes: 5 }) };
  const mute = { ...context, clock, notifyCommands: () => {} };
  must(await testRouter(mute, tenantId, owner, { routerId }));
  await expireOverdueCommands(context, tenantId);
  await stack.setPlugged(RELAY.name, false);
  must(await testRouter(context, tenantId, owner, { routerId }));
  await routerIs(seed, routerId, "unreachable");
}
