import { nextBoundaryAfter } from "@/shared/calendar/mod.ts";
import { generateSecrets } from "@/sim/routeros/mod.ts";
import { until } from "@/tests/support/until.ts";
import { addRouter } from "@/web/services/network/add_router.ts";
import { confirmImport } from "@/web/services/imports/confirm_import.ts";
import { createEnrolmentCode } from "@/web/services/network/create_enrolment_code.ts";
import { createSite } from "@/web/services/network/create_site.ts";
import { runImport } from "@/web/services/imports/run_import.ts";
import { saveImportReview } from "@/web/services/imports/save_import_review.ts";
import { startImport } from "@/web/services/imports/start_import.ts";
import { ROUTER_LOGIN, type SitePlan } from "../stack/mod.ts";
import { countRows, inBooks, must, type Seed } from "./books.ts";
import { BILLED_DAYS_AGO, DEMO_PLANS, DEMO_SECRETS, DEMO_SEED, DEMO_ZONE, TOWER } from "./demo_data.ts";
import { digest, pick } from "./people.ts";

/** Enrols every site's agent, adds its routers and imports them; sites at the same time, imports in turn. */
export async function connectSites(seed: Seed): Promise<void> {
  const routers = (await Promise.all(seed.stack.sites.map((site) => connectSite(seed, site)))).flat();
  for (const router of routers) {
    await importRouter(seed, router.id);
    seed.say(`Imported ${router.name}`);
  }
}

async function connectSite(seed: Seed, site: SitePlan): Promise<{ id: string; name: string }[]> {
  const { context, tenantId, owner, stack } = seed;
  const { siteId } = must(await createSite(context, tenantId, owner, { name: site.name }));
  const { code } = must(await createEnrolmentCode(context, tenantId, owner, { siteId }));
  await stack.startAgent(code, site.name);
  const isConnected =
    `disconnected_at is null and agent_id in (select id from agents where site_id = '${siteId}')`;
  await until(async () => await countRows(seed, "agent_presence", isConnected) === 1, {
    timeoutMs: 60_000,
    what: `the agent of ${site.name} connects`,
  });
  const routers = [];
  for (const { name } of site.routers) {
    const sim = stack.sims.get(name);
    if (sim === undefined) throw new Error(`Cannot connect ${name}: it is not simulated`);
    const router = { name, host: sim.host, port: sim.port, siteId, ...ROUTER_LOGIN };
    const { routerId } = must(await addRouter(context, tenantId, owner, router));
    await routerIs(seed, routerId, "online");
    routers.push({ id: routerId, name });
  }
  return routers;
}

/** Waits until a router has a status. */
export async function routerIs(seed: Seed, routerId: string, status: string): Promise<void> {
  await until(
    async () => await countRows(seed, "routers", `id = '${routerId}' and status = '${status}'`) === 1,
    {
      timeoutMs: 60_000,
      what: `router ${routerId} is ${status}`,
    },
  );
}

async function importRouter(seed: Seed, routerId: string): Promise<void> {
  const { context, tenantId, owner } = seed;
  const { batchId } = must(await startImport(context, tenantId, owner, { routerId }));
  await importIs(seed, batchId, "review");
  const profiles = await inBooks(seed, async (trx) => {
    const rows = await trx.selectFrom("import_rows").select("profile").distinct()
      .where("tenant_id", "=", tenantId).where("batch_id", "=", batchId).execute();
    const plans = await trx.selectFrom("plans").select(["id", "name"]).where("tenant_id", "=", tenantId)
      .execute();
    return rows.map(({ profile }) => {
      const wanted = DEMO_PLANS[profile];
      const known = plans.find((plan) => plan.name === wanted?.name);
      if (known !== undefined) return { profile, planId: known.id };
      return wanted === undefined ? { profile, skip: true as const } : { profile, newPlan: wanted };
    });
  });
  const firstBillOn = firstDay(seed).add({ months: 1 }).with({ day: 1 });
  must(
    await saveImportReview(context, tenantId, owner, {
      batchId,
      firstBillOn,
      disabledPolicy: "disconnected",
      profiles,
      rows: [],
    }),
  );
  // Run here at once instead of by the web's job queue: the same use case, without waiting for its turn.
  must(await confirmImport({ ...context, enqueue: () => Promise.resolve() }, tenantId, owner, { batchId }));
  await runImport(context, tenantId, batchId);
  await importIs(seed, batchId, "done");
}

async function importIs(seed: Seed, batchId: string, status: string): Promise<void> {
  await until(
    async () => await countRows(seed, "import_batches", `id = '${batchId}' and status = '${status}'`) === 1,
    { timeoutMs: 60_000, what: `the import is ${status}` },
  );
}

/** A neighbour's lines were moved to the tower by hand: an import waits for review, as it does in real life. */
export async function leaveAnImport(seed: Seed): Promise<void> {
  seed.stack.addSecrets(TOWER.name, generateSecrets(DEMO_SECRETS + 24, DEMO_SEED).slice(DEMO_SECRETS));
  const router = await inBooks(seed, (trx) =>
    trx.selectFrom("routers").select("id")
      .where("tenant_id", "=", seed.tenantId).where("name", "=", TOWER.name).executeTakeFirstOrThrow());
  const { batchId } = must(
    await startImport(seed.context, seed.tenantId, seed.owner, { routerId: router.id }),
  );
  await importIs(seed, batchId, "review");
}

/** The first day of the history. */
function firstDay(seed: Seed): Temporal.PlainDate {
  return seed.context.clock.now().toZonedDateTimeISO(DEMO_ZONE).toPlainDate().subtract({ days: seed.days });
}

/**
 * Before the first bill: gives every connection the cycle day of its group, so that all states show at once, and the
 * day it was installed. Fewer than half were there a year ago.
 */
export async function spreadStarts(seed: Seed): Promise<void> {
  const first = firstDay(seed);
  const today = first.add({ days: seed.days });
  await inBooks(seed, async (trx) => {
    const rows = await trx.selectFrom("subscriptions as c")
      .innerJoin(
        "subscribers as s",
        (join) => join.onRef("s.tenant_id", "=", "c.tenant_id").onRef("s.id", "=", "c.subscriber_id"),
      )
      .select(["c.id", "c.subscriber_id", "c.activated_on", "s.account_number"])
      .where("c.tenant_id", "=", seed.tenantId).execute();
    for (const row of rows) {
      const startOn = first.add({ days: daysUntilInstalled(row.account_number, seed.days) });
      const noon = startOn.toZonedDateTime({ timeZone: DEMO_ZONE, plainTime: "12:00" }).toInstant();
      await trx.updateTable("subscribers").set({ created_at: noon })
        .where("tenant_id", "=", seed.tenantId).where("id", "=", row.subscriber_id).execute();
      if (row.activated_on === null) continue;
      const group = pick(BILLED_DAYS_AGO, `group ${row.account_number}`);
      const anchorDay = today.subtract({ days: group.days }).day;
      await trx.updateTable("subscriptions").set({
        anchor_day: anchorDay,
        activated_on: startOn,
        billed_through_on: null,
        next_bill_on: nextBoundaryAfter(startOn, anchorDay),
        created_at: noon,
      }).where("tenant_id", "=", seed.tenantId).where("id", "=", row.id).execute();
    }
  });
}

/** Days of the history before somebody is connected: 0 for two in five, the others faster as the year goes on. */
function daysUntilInstalled(accountNumber: string, days: number): number {
  const luck = digest(`joined ${accountNumber}`) % 1000;
  if (luck < 420) return 0;
  return Math.floor(Math.sqrt((luck - 420) / 580) * (days - 35));
}
