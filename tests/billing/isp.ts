import assert from "node:assert/strict";
import { ManualClock } from "@/shared/clock.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { silentLogger } from "@/shared/log.ts";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk } from "@/tests/support/expect.ts";
import type { TestDatabase } from "@/tests/support/postgres.ts";
import type { Actor, ServiceContext } from "@/web/services/context.ts";
import { refreshDesired } from "@/web/services/network/desired_state.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { runDueDays } from "@/web/services/billing/run_due_days.ts";
import { writeMailsOf } from "@/tests/support/unwritten_mail.ts";
import { checkInvariants } from "@/web/store/billing/invariants.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { passIdleDays } from "./idle_days.ts";

/** Cycle day 1, terms 7, grace 5, cut at 09:00 in Manila: due on the 8th, cut on the 14th. */
export interface IspOptions {
  /** @default "2026-01-01T00:00:00+08:00" */
  start?: string;
  /** @default 10 */
  subscribers?: number;
  /** @default 100000 */
  priceCentavos?: number;
  /** Of its days. @default "Asia/Manila" */
  zone?: string;
  /** High, so that scenarios of few subscribers are not stopped. @default 100 */
  brakePercent?: number;
}

/** A small provider on a real database, with a clock that tests move. */
export interface Isp {
  tenantId: string;
  /** In which its days are lived. */
  zone: string;
  context: ServiceContext;
  clock: ManualClock;
  actor: Actor;
  routerIds: string[];
  planId: string;
  subscriberIds: string[];
  subscriptionIds: string[];
  /** Routers that were told since it was last emptied. */
  notified: string[];
  run<T>(work: (trx: TenantTransaction) => Promise<T>): Promise<T>;
}

/** What a provider of a test is, without its connections: enough to open it again on a copy of its database. */
export type IspFacts =
  & Pick<Isp, "tenantId" | "routerIds" | "planId" | "subscriberIds" | "subscriptionIds">
  & {
    /** ISO instant of its clock. */
    now: string;
    /** @default "Asia/Manila" */
    zone?: string;
  };

const ZONE = "Asia/Manila";

/** Makes a tenant with two routers and active subscribers from the first day on. */
export async function createIsp(
  database: Pick<TestDatabase, "db">,
  options: IspOptions = {},
): Promise<Isp> {
  const clock = new ManualClock(Temporal.Instant.from(options.start ?? "2026-01-01T00:00:00+08:00"));
  const tenantId = uuidv7(clock.now().epochMilliseconds);
  const made = await withTenant(database.db, tenantId, (trx) => seed(trx, clock, options));
  const zone = options.zone ?? ZONE;
  return openIsp(database, { tenantId, now: clock.now().toString(), zone, ...made });
}

/** The provider of a database that holds it already. */
export function openIsp(database: Pick<TestDatabase, "db">, { now, zone = ZONE, ...facts }: IspFacts): Isp {
  const clock = new ManualClock(Temporal.Instant.from(now));
  const notified: string[] = [];
  const context: ServiceContext = {
    db: database.db,
    clock,
    log: silentLogger,
    notifyRouters: (_tenant, ids) => notified.push(...ids),
    notifyCommands: () => {},
  };
  return {
    context,
    clock,
    actor: { kind: "staff", label: "Maria Santos", staffUserId: null },
    notified,
    run: (work) => withTenant(database.db, facts.tenantId, work),
    zone,
    ...facts,
  };
}

/** What {@linkcode openIsp} needs to open this provider elsewhere. */
export function factsOf(isp: Isp): IspFacts {
  const { tenantId, zone, routerIds, planId, subscriberIds, subscriptionIds } = isp;
  return {
    tenantId,
    zone,
    routerIds,
    planId,
    subscriberIds,
    subscriptionIds,
    now: isp.clock.now().toString(),
  };
}

async function seed(trx: TenantTransaction, clock: ManualClock, options: IspOptions) {
  const now = clock.now();
  const id = () => uuidv7(now.epochMilliseconds);
  const { zone = ZONE } = options;
  const today = now.toZonedDateTimeISO(zone).toPlainDate();
  await trx.insertInto("tenants").values({
    id: trx.tenantId,
    slug: `isp-${trx.tenantId.slice(-12)}`,
    name: "Ilaya Net",
    brake_percent: options.brakePercent ?? 100,
    time_zone: zone,
    created_at: now,
  }).execute();
  const [siteId, agentId, planId] = [id(), id(), id()];
  const routerIds = [id(), id()];
  await trx.insertInto("sites").values({ tenant_id: trx.tenantId, id: siteId, name: "Ilaya" }).execute();
  await trx.insertInto("agents").values({
    tenant_id: trx.tenantId,
    id: agentId,
    site_id: siteId,
    name: "Ilaya",
    identity_public_key: new Uint8Array(32),
    sealing_public_key: new Uint8Array(32),
    install_id: "test",
    version: "0.1.0",
    enrolled_at: now,
  }).execute();
  await trx.insertInto("routers").values(routerIds.map((routerId, i) => ({
    tenant_id: trx.tenantId,
    id: routerId,
    site_id: siteId,
    name: `Router ${i + 1}`,
    host: "192.0.2.1",
    port: 8728,
    username: "linya",
    sealed_credentials: "sealed",
    sealed_to_agent_id: agentId,
  }))).execute();
  await trx.insertInto("plans").values({
    tenant_id: trx.tenantId,
    id: planId,
    name: "Fiber 50",
    price_centavos: BigInt(options.priceCentavos ?? 100_000),
    ppp_profile: "50M",
  }).execute();
  const subscriberIds: string[] = [];
  const subscriptionIds: string[] = [];
  const count = options.subscribers ?? 10;
  for (let first = 0; first < count; first += 1000) {
    const batch = Array.from(
      { length: Math.min(1000, count - first) },
      (_, i) => ({ n: first + i, a: id(), b: id() }),
    );
    await trx.insertInto("subscribers").values(batch.map(({ n, a }) => ({
      tenant_id: trx.tenantId,
      id: a,
      account_number: `A-${String(n + 1).padStart(5, "0")}`,
      name: `Subscriber ${String(n + 1).padStart(5, "0")}`,
    }))).execute();
    await trx.insertInto("subscriptions").values(batch.map(({ n, a, b }) => ({
      tenant_id: trx.tenantId,
      id: b,
      subscriber_id: a,
      plan_id: planId,
      router_id: routerIds[n % 2]!,
      ppp_name: `user${n + 1}`,
      status: "active" as const,
      anchor_day: 1,
      activated_on: today,
      next_bill_on: today.with({ day: 1 }).add({ months: 1 }),
    }))).execute();
    subscriberIds.push(...batch.map(({ a }) => a));
    subscriptionIds.push(...batch.map(({ b }) => b));
  }
  await refreshDesired(trx, subscriptionIds, { now });
  return { routerIds, planId, subscriberIds, subscriptionIds };
}

/**
 * Moves the clock to a local time, running every day's runs at their hours on the way, as the scheduler would, and writing
 * their mails, as the mail worker would. Days on which they would find nothing are only noted.
 */
export async function liveUntil(isp: Isp, local: string): Promise<void> {
  const target = Temporal.PlainDateTime.from(local);
  await live(isp, target, (next) => next.hour === 0 ? passIdleDays(isp, target.toPlainDate()) : undefined);
}

/** The same, and every day's runs are run. */
export async function runUntil(isp: Isp, local: string): Promise<void> {
  await live(isp, Temporal.PlainDateTime.from(local), () => undefined);
}

async function live(
  isp: Isp,
  local: Temporal.PlainDateTime,
  /** May move the clock itself. */
  beforeRun: (next: Temporal.ZonedDateTime) => Promise<void> | undefined,
): Promise<void> {
  const target = local.toZonedDateTime(isp.zone);
  const isReached = (next: Temporal.ZonedDateTime) => Temporal.ZonedDateTime.compare(next, target) <= 0;
  for (let next = nextRun(isp); isReached(next); next = nextRun(isp)) {
    await beforeRun(next);
    const then = nextRun(isp);
    if (!isReached(then)) break;
    isp.clock.set(then.toInstant());
    await runDays(isp);
  }
  isp.clock.set(target.toInstant());
  await runDays(isp);
}

async function runDays(isp: Isp): Promise<void> {
  assertOk(await runDueDays(isp.context, isp.tenantId, isp.actor));
  await writeMailsOf(isp.context.db, isp.tenantId);
}

/** When the scheduler next finds something that is due. */
export function nextRun(isp: Isp): Temporal.ZonedDateTime {
  const here = isp.clock.now().toZonedDateTimeISO(isp.zone);
  const hours = ["00:05", "09:00"].map((time) => here.withPlainTime(time));
  return [...hours, here.add({ days: 1 }).withPlainTime("00:05")]
    .find((stop) => Temporal.ZonedDateTime.compare(stop, here) > 0)!;
}

/** Business date of the test's clock. */
export function todayOf(isp: Isp): Temporal.PlainDate {
  return isp.clock.now().toZonedDateTimeISO(isp.zone).toPlainDate();
}

/** Posts a cash payment of today. */
export async function pay(isp: Isp, n: number, pesos: number) {
  return assertOk(
    await recordPayment(isp.context, isp.tenantId, isp.actor, {
      subscriberId: isp.subscriberIds[n]!,
      amountCentavos: centavos(Math.round(pesos * 100)),
      method: "cash",
      receivedOn: todayOf(isp),
      idempotencyKey: `test-key-${crypto.randomUUID()}`,
    }),
  );
}

/** Numbers (from 0) of the subscriptions whose secret is desired off. */
export async function offNow(isp: Isp): Promise<number[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("desired_secrets").select("subscription_id").where("tenant_id", "=", isp.tenantId)
      .where("is_disabled", "=", true).where("removed_at", "is", null).execute()
  );
  return rows.map((row) => isp.subscriptionIds.indexOf(row.subscription_id)).sort((a, b) => a - b);
}

/** Asks the database whether the books hold. */
export async function assertBooksHold(isp: Isp): Promise<void> {
  assert.deepEqual(await isp.run(checkInvariants), []);
}
