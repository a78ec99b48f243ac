import { columnsOf } from "@/web/store/db/columns.ts";
import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { SUBSCRIPTION_COLUMNS, type SubscriptionRow } from "../subscribers/subscriptions.ts";

/** A connection of a plan with whose it is. */
export interface PlanConnectionRow extends SubscriptionRow {
  subscriber_name: string;
  account_number: string;
}

/** The connections on a plan, or about to be on it, that are not cancelled, by the name of their subscriber. */
export async function listPlanConnections(
  trx: TenantTransaction,
  planId: string,
): Promise<PlanConnectionRow[]> {
  const { rows } = await sql<PlanConnectionRow>`
    select ${columnsOf("c", SUBSCRIPTION_COLUMNS)}, s.name as subscriber_name, s.account_number
    from subscriptions c join subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id
    where c.tenant_id = ${trx.tenantId} and (c.plan_id = ${planId} or c.next_plan_id = ${planId})
      and c.status <> 'cancelled'
    order by s.name_sort, s.id, c.id`.execute(trx);
  return rows;
}
