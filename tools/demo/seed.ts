import { sql } from "kysely";
import type { Logger } from "@/shared/log.ts";
import { generateSecrets } from "@/sim/routeros/mod.ts";
import { until } from "@/tests/support/until.ts";
import { hashPassword } from "@/web/gateways/passwords/mod.ts";
import { addRouter } from "@/web/services/add_router.ts";
import { confirmImport } from "@/web/services/confirm_import.ts";
import type { Actor, ServiceContext } from "@/web/services/context.ts";
import { createEnrolmentCode } from "@/web/services/create_enrolment_code.ts";
import { createSite } from "@/web/services/create_site.ts";
import { runImport } from "@/web/services/run_import.ts";
import { saveImportReview } from "@/web/services/save_import_review.ts";
import { setUpOwner } from "@/web/services/set_up_owner.ts";
import { startImport } from "@/web/services/start_import.ts";
import { openDatabase } from "@/web/store/database.ts";
import type { Database } from "@/web/store/schema.ts";
import { insertStaffMember } from "@/web/store/staff.ts";
import { withTenant } from "@/web/store/tenant_transaction.ts";
import { systemClock } from "@/web/system_clock.ts";
import { uuidv7 } from "@/shared/ids.ts";
import type { Result } from "@/shared/result.ts";
import { ROUTER_LOGIN, type Stack } from "../stack/mod.ts";
import { DEMO_COMPANY, DEMO_LOGINS, DEMO_PLANS, DEMO_ROUTERS, DEMO_SITE, HISTORY_DAYS } from "./cast.ts";
import { playHistory, spreadBillingDays } from "./history.ts";

interface SeedOptions {
  setupCode: string;
  log: Logger;
  say(text: string): void;
}

/**
 * Fills the demo the way an owner would: set-up code, site, agent, routers, import, then weeks of bills, payments, cuts
 * and reconnections. Only the calendar is faked: business time starts in the past and runs up to today.
 */
export async function seedDemo(stack: Stack, { setupCode, log, say }: SeedOptions): Promise<void> {
  const database = openDatabase({ url: stack.postgres.appUrl, applicationName: "linya-demo", log });
  try {
    const context: ServiceContext = {
      db: database.db,
      clock: systemClock,
      log,
      // The web runs in another process; it finds what has moved by itself.
      notifyRouters: () => {},
      notifyCommands: () => {},
    };
    say(`Making ${DEMO_COMPANY}`);
    const { tenantId, owner } = await makeTenant(context, setupCode);
    await connectSite(stack, context, tenantId, owner, say);
    await spreadBillingDays(context, tenantId);
    say(`Playing ${HISTORY_DAYS} days of bills, payments, cuts and reconnections`);
    await playHistory(context, tenantId, owner, say);
    await leaveAnImport(stack, context, tenantId, owner);
  } finally {
    await database.close();
  }
}

async function makeTenant(
  context: ServiceContext,
  code: string,
): Promise<{ tenantId: string; owner: Actor }> {
  const [ownerLogin, cashierLogin] = DEMO_LOGINS;
  const made = must(
    await setUpOwner(context, { ...ownerLogin, code, companyName: DEMO_COMPANY, timeZone: "Asia/Manila" }),
  );
  const { tenantId, staffUserId } = made;
  const passwordHash = await hashPassword(cashierLogin.password);
  await withTenant(context.db, tenantId, async (trx) => {
    const role = await trx.selectFrom("roles").select("id")
      .where("tenant_id", "=", tenantId).where("name", "=", "Cashier").executeTakeFirstOrThrow();
    const { name, email } = cashierLogin;
    const id = uuidv7(context.clock.now().epochMilliseconds);
    await insertStaffMember(trx, { id, email, name, passwordHash, roleIds: [role.id] });
    await trx.updateTable("tenants").set({ business_offset_seconds: BigInt(-HISTORY_DAYS * 86_400) })
      .where("id", "=", tenantId).execute();
  });
  return { tenantId, owner: { label: ownerLogin.name, staffUserId } };
}

async function connectSite(
  stack: Stack,
  context: ServiceContext,
  tenantId: string,
  owner: Actor,
  say: (text: string) => void,
): Promise<void> {
  const { siteId } = must(await createSite(context, tenantId, owner, { name: DEMO_SITE }));
  const { code } = must(await createEnrolmentCode(context, tenantId, owner, { siteId }));
  say("Enrolling the agent");
  await stack.startAgent(code);
  const count = (table: keyof Database & string, condition: string) =>
    withTenant(context.db, tenantId, async (trx) => {
      const { rows } = await sql<{ n: number }>`
        select count(*)::int as n from ${sql.table(table)} where tenant_id = ${tenantId} and ${
        sql.raw(condition)
      }`
        .execute(trx);
      return rows[0]?.n ?? 0;
    });
  await until(async () => await count("agent_presence", "disconnected_at is null") === 1, {
    timeoutMs: 30_000,
    what: "the agent connects",
  });
  for (const [name, sim] of stack.sims) {
    const router = { name, host: sim.host, port: sim.port, siteId, ...ROUTER_LOGIN };
    const { routerId } = must(await addRouter(context, tenantId, owner, router));
    await until(async () => await count("routers", `id = '${routerId}' and status = 'online'`) === 1, {
      timeoutMs: 30_000,
      what: `${name} answers`,
    });
    await importRouter(context, tenantId, owner, routerId, count);
    say(`Imported ${name}`);
  }
}

/** A neighbour's lines were moved to the tower by hand: an import waits for review, as it does in real life. */
async function leaveAnImport(
  stack: Stack,
  context: ServiceContext,
  tenantId: string,
  owner: Actor,
): Promise<void> {
  const [, tower] = DEMO_ROUTERS;
  if (tower === undefined) return;
  const taken = new Set(generateSecrets(tower.secrets, tower.seed).map((secret) => secret.name));
  const added = generateSecrets(24, 99).filter((secret) => !taken.has(secret.name));
  stack.addSecrets(tower.name, added);
  const router = await withTenant(context.db, tenantId, (trx) =>
    trx.selectFrom("routers").select("id")
      .where("tenant_id", "=", tenantId).where("name", "=", tower.name).executeTakeFirstOrThrow());
  must(await startImport(context, tenantId, owner, { routerId: router.id }));
}

async function importRouter(
  context: ServiceContext,
  tenantId: string,
  owner: Actor,
  routerId: string,
  count: (table: keyof Database & string, condition: string) => Promise<number>,
): Promise<void> {
  const { batchId } = must(await startImport(context, tenantId, owner, { routerId }));
  const reaches = (status: string) =>
    until(async () => await count("import_batches", `id = '${batchId}' and status = '${status}'`) === 1, {
      timeoutMs: 60_000,
      what: `the import of ${routerId} is ${status}`,
    });
  await reaches("review");
  const { profiles, firstBillOn } = await withTenant(context.db, tenantId, async (trx) => {
    const rows = await trx.selectFrom("import_rows").select("profile").distinct()
      .where("tenant_id", "=", tenantId).where("batch_id", "=", batchId).execute();
    const plans = await trx.selectFrom("plans").select(["id", "name"]).where("tenant_id", "=", tenantId)
      .execute();
    const planOf = (profile: string) => {
      const wanted = DEMO_PLANS[profile];
      const existing = plans.find((plan) => plan.name === wanted?.name);
      if (existing !== undefined) return { profile, planId: existing.id };
      return wanted === undefined ? { profile, skip: true as const } : { profile, newPlan: wanted };
    };
    const today = systemClock.now().toZonedDateTimeISO("Asia/Manila").toPlainDate().subtract({
      days: HISTORY_DAYS,
    });
    return {
      profiles: rows.map((row) => planOf(row.profile)),
      firstBillOn: today.add({ months: 1 }).with({ day: 1 }),
    };
  });
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
  must(await confirmImport(context, tenantId, owner, { batchId, enqueue: () => Promise.resolve() }));
  await runImport(context, tenantId, batchId);
  await reaches("done");
}

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`Cannot fill the demo: ${result.message}`);
  return result.value;
}
