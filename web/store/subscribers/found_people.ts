import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What tells people of one name apart, and says why they call. */
export interface FoundPerson {
  id: string;
  barangay: string | null;
  /** The gravest of their connections that have not ended; null without one. */
  state: "disconnected" | "held" | "pending" | "active" | null;
  /** Owed less credit. */
  balance_centavos: bigint;
}

/** The few people that a search has found. */
export async function listFoundPeople(
  trx: TenantTransaction,
  subscriberIds: readonly string[],
  today: Temporal.PlainDate,
): Promise<Map<string, FoundPerson>> {
  if (subscriberIds.length === 0) return new Map();
  const { rows } = await sql<FoundPerson>`
    select s.id, s.barangay,
      (select case when bool_or(c.status <> 'pending' and exists (select from block_reasons k
            where k.tenant_id = c.tenant_id and k.subscription_id = c.id and k.removed_at is null)) then 'disconnected'
          when bool_or(h.id is not null) then 'held' when bool_or(c.status <> 'pending') then 'active'
          when count(*) > 0 then 'pending' end
        from subscriptions c left join holds h on h.tenant_id = c.tenant_id and h.subscription_id = c.id
          and h.ended_at is null and h.until_on >= ${today}
        where c.tenant_id = s.tenant_id and c.subscriber_id = s.id and c.status <> 'cancelled') as state,
      (select coalesce(sum(e.amount_centavos), 0)::bigint from ledger_entries e
        where e.tenant_id = s.tenant_id and e.subscriber_id = s.id
          and e.account in ('receivable', 'subscriber_credit')) as balance_centavos
    from subscribers s where s.tenant_id = ${trx.tenantId} and s.id = any(${[...subscriberIds]}::uuid[])`
    .execute(trx);
  return new Map(rows.map((row) => [row.id, row]));
}
