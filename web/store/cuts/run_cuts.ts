import { sql } from "kysely";
import { accountOfKey, keyOfSecret, type PppService } from "@/shared/protocol/mod.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** An account that is to be off because a cut run said so. */
export interface RunCutRow {
  /** Its key. */
  name: string;
  subscription_id: string;
  /** When the run decided it. */
  decided_at: Temporal.Instant;
  /** The run's day; null when the run is not known any more. */
  business_on: Temporal.PlainDate | null;
}

/** Of these accounts, by their keys, those whose disable rests on a cut run. */
export async function listRunCuts(
  trx: TenantTransaction,
  routerId: string,
  names: readonly string[],
): Promise<RunCutRow[]> {
  const asked = new Set(names);
  const named = [...new Set(names.map((key) => accountOfKey(key).name))];
  const { rows } = await sql<RunCutRow & { service: PppService }>`
    select d.ppp_name as name, d.ppp_service as service, d.subscription_id, a.created_at as decided_at, r.business_on
    from desired_secrets d
    join disable_authorisations a on a.tenant_id = d.tenant_id and a.id = d.authorisation_id and a.kind = 'run'
    left join runs r on r.tenant_id = a.tenant_id and r.id = a.run_id
    where d.tenant_id = ${trx.tenantId} and d.router_id = ${routerId} and d.is_disabled and d.removed_at is null
      and d.ppp_name = any(${named}::text[])`.execute(trx);
  return rows.map(({ service, ...row }) => ({ ...row, name: keyOfSecret({ name: row.name, service }) }))
    .filter(({ name }) => asked.has(name));
}
