import { sql } from "kysely";
import { uuidv7 } from "@/shared/ids.ts";
import { creditOutages } from "@/web/services/billing/credit_outages.ts";
import { type OutageInput, recordOutage } from "@/web/services/billing/record_outage.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import { findOutageReview } from "@/web/store/billing/outage_credits.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { inBooks, must, type Seed } from "./books.ts";

/** Days before today on which something happens; a bill's period is over and billed within six weeks of it. */
const STORY: Readonly<Record<number, (seed: Seed) => Promise<void>>> = {
  89: (seed) => wasOut(seed, { hoursAgo: 40, hours: 30, cause: "The storm took the fiber at the bridge" }),
  41: giveCredit,
  40: (seed) => wasOut(seed, { hoursAgo: 35, hours: 27, cause: "Fiber cut by the road works" }),
  0: goesOn,
};

/** What of the year's outages belongs to a day: one that was credited, one whose credit waits, one that lasts, one that is planned. */
export async function outagesOf(seed: Seed, daysAgo: number): Promise<void> {
  await STORY[daysAgo]?.(seed);
}

async function wasOut(seed: Seed, said: { hoursAgo: number; hours: number; cause: string }): Promise<void> {
  const from = (await now(seed)).subtract({ hours: said.hoursAgo });
  await record(seed, {
    from,
    to: from.add({ hours: said.hours }),
    cause: said.cause,
    ...await smallest(seed),
  });
}

/** As a person does who has looked at the list. */
async function giveCredit(seed: Seed): Promise<void> {
  const { context, tenantId, owner } = seed;
  const waits = (await inBooks(seed, findOutageReview))?.amount_centavos ?? 0n;
  if (waits === 0n) return;
  const which = { withRunning: false, withHeld: false };
  const given = await creditOutages(context, tenantId, owner, { ...which, seenCentavos: waits });
  // A bill that was voided after the night's look is credited by the next one.
  if (!given.ok && given.code !== "outage_credit_moved") must(given);
}

async function goesOn(seed: Seed): Promise<void> {
  const here = await now(seed);
  const place = await smallest(seed);
  const [ppp] = await inBooks(seed, async (trx) => {
    const { rows } = await sql<{ ppp_name: string }>`select ppp_name from subscriptions
      where tenant_id = ${seed.tenantId} and status = 'active' order by ppp_name limit 1`.execute(trx);
    return rows;
  });
  if (ppp !== undefined) {
    const one = { scope: "chosen" as const, pppNames: [ppp.ppp_name] };
    await record(seed, { from: here.subtract({ hours: 2 }), to: null, cause: "Antenna out of line", ...one });
  }
  const from = here.add({ hours: 24 * 5 });
  const planned = { kind: "scheduled" as const, cause: "New batteries in the tower" };
  await record(seed, { from, to: from.add({ hours: 4 }), ...planned, ...place });
}

/** The router with the fewest connections: a list stays short. */
async function smallest(seed: Seed): Promise<Pick<OutageInput, "scope" | "routerId">> {
  return await inBooks(seed, async (trx) => {
    const { rows: [row] } = await sql<{ router_id: string }>`
      select router_id from subscriptions where tenant_id = ${seed.tenantId} and status <> 'cancelled'
      group by router_id order by count(*), router_id limit 1`.execute(trx);
    return row === undefined
      ? { scope: "company", routerId: null }
      : { scope: "router", routerId: row.router_id };
  });
}

async function record(
  seed: Seed,
  said: Pick<OutageInput, "from" | "to" | "cause"> & Partial<OutageInput>,
): Promise<void> {
  const { context, tenantId, owner } = seed;
  const base = { kind: "fault", scope: "company", siteId: null, routerId: null, pppNames: [] } as const;
  const id = uuidv7(context.clock.now().epochMilliseconds);
  must(await recordOutage(context, tenantId, owner, { id, ...base, ...said }));
}

async function now(seed: Seed): Promise<Temporal.Instant> {
  return await inBooks(seed, async (trx) => businessNow(await getTenant(trx), seed.context.clock).instant);
}
