import type { Result } from "@/shared/result.ts";
import type { z } from "zod";
import type { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import type { Job } from "@/web/jobs/define_job.ts";
import { announceLive, type LiveTopic } from "@/web/store/live/live_topics.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { getTenant, type TenantRow } from "@/web/store/settings/tenants.ts";
import { type BusinessMoment, businessNow } from "./business_clock.ts";
import type { Booking } from "./payments/apply_credit.ts";
import type { Actor, ServiceContext } from "./context.ts";

/** What the body of a use case works with: one transaction, one moment. */
export interface UseCase {
  trx: TenantTransaction;
  tenant: TenantRow;
  actor: Actor;
  /** Business time. */
  business: BusinessMoment;
  /** Real time. */
  at: Temporal.Instant;
  booking: Booking;
  /** Keys of the installation; none where nothing is sealed or opened. */
  masterKeys: MasterKeys | undefined;
  /** An installation for many ISPs. */
  isManyTenants: boolean;
  /** Queues work that is done after commit, perhaps by another process; rolled back with the rest. */
  enqueue<Data extends z.ZodType>(job: Job<Data>, data: z.input<Data>): Promise<void>;
  /** Routers to be told after commit. */
  touchRouters(routerIds: readonly string[]): void;
  /** What open pages have to look at again after commit; touched routers are among it by themselves. */
  live(topics: readonly LiveTopic[]): void;
}

/**
 * Runs a use case in one transaction and tells the agents after commit. The body does nothing but statements on the
 * transaction, so it may run again after a deadlock; a refusal must come before the first write.
 */
export async function runUseCase<T, C extends string>(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  body: (useCase: UseCase) => Promise<Result<T, C>>,
): Promise<Result<T, C>> {
  const touched = new Set<string>();
  const result = await withTenant(context.db, tenantId, async (trx) => {
    touched.clear();
    await context.before?.(trx);
    const result = await body(await useCaseIn(trx, context, { actor, touched }));
    announceLive(trx, [...touched].map((id) => `router:${id}` as const));
    return result;
  }, { isRepeatable: true });
  if (touched.size > 0) context.notifyRouters(tenantId, [...touched]);
  return result;
}

/** A use case in a transaction that is open already; its caller tells the routers that it touched. */
export async function useCaseIn(
  trx: TenantTransaction,
  context: ServiceContext,
  { actor, touched }: { actor: Actor; touched: Set<string> },
): Promise<UseCase> {
  const tenant = await getTenant(trx);
  const at = context.clock.now();
  // From the same look: a clock that jumps between two would date this moment with another day.
  const business = businessNow(tenant, { now: () => at });
  return {
    trx,
    tenant,
    actor,
    business,
    at,
    booking: { at, businessOn: business.today, actor: actor.label },
    masterKeys: context.masterKeys,
    isManyTenants: context.isManyTenants ?? false,
    enqueue: (job, data) => {
      if (context.enqueue === undefined) throw new Error(`Cannot queue ${job.id}: this process has no queue`);
      return context.enqueue(trx, job, data);
    },
    touchRouters: (routerIds) => routerIds.forEach((id) => touched.add(id)),
    live: (topics) => announceLive(trx, topics),
  };
}
