import { coded } from "@/shared/codes/mod.ts";
import { ok, type Result } from "@/shared/result.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { Actor, ServiceContext } from "../context.ts";
import type { UseCase } from "../use_case.ts";
import { eachApart } from "./each_apart.ts";

/** What was planned for a day, and how it is made. */
export interface DueChanges<Due extends { subscription_id: string }> {
  /** Those whose day has come. */
  list: (trx: TenantTransaction) => Promise<readonly Due[]>;
  /** Makes those of one connection. It reads them again behind its locks, and leaves what cannot be made to the next day. */
  make: (useCase: UseCase, due: readonly [Due, ...Due[]]) => Promise<void>;
  /** What the system log says of one that the database refuses. */
  event: "mode_not_changed" | "payer_not_changed" | "service_not_ended";
}

/**
 * Makes planned changes whose day has come, each connection in a transaction of its own: one that cannot be written stops
 * nobody else. May be killed and repeated.
 */
export async function makeDue<Due extends { subscription_id: string }>(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { list, make, event }: DueChanges<Due>,
): Promise<Result<null, "clock_doubted">> {
  const all = await withTenant(context.db, tenantId, list, { readOnly: true });
  const due = Map.groupBy(all, (one) => one.subscription_id);
  const made = await eachApart(context, tenantId, actor, {
    ids: [...due.keys()],
    work: async (useCase, id) => {
      const [first, ...others] = due.get(id) ?? [];
      if (first !== undefined) await make(useCase, [first, ...others]);
    },
    event,
    why: (error) => coded(event, { details: error.message }),
  });
  return made.ok ? ok(null) : made;
}
