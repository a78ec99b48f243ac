import { sql } from "kysely";
import {
  DEFAULT_PPP_SERVICE,
  keyOfSecret,
  type ObservedSecret,
  type PppService,
} from "@/shared/protocol/mod.ts";
import { toRecordset } from "../db/recordset.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/**
 * Writes what a router was seen to hold, of the accounts that Linya manages there or managed once; one statement a
 * batch. Accounts that the books do not know are not kept: what an agent can fill is as large as what it was sent.
 *
 * @returns how many accounts were left out
 */
export async function upsertObservedSecrets(
  trx: TenantTransaction,
  routerId: string,
  observed: { at: Temporal.Instant; secrets: readonly ObservedSecret[] },
): Promise<number> {
  if (observed.secrets.length === 0) return 0;
  // An account twice in one statement would be refused by the database; the later row is the newer one.
  const unique = [...new Map(observed.secrets.map((secret) => [keyOfSecret(secret), secret])).values()];
  const rows = unique.map((secret) => ({
    ...secret,
    service: secret.service ?? DEFAULT_PPP_SERVICE,
    uptime_seconds: secret.uptime_seconds === null ? null : Math.round(secret.uptime_seconds),
  }));
  const { numAffectedRows } = await sql`
    insert into observed_secrets (tenant_id, router_id, ppp_name, ppp_service, is_present, is_disabled, profile, is_online, address,
      caller_id, uptime_seconds, drift, observed_at)
    select ${trx.tenantId}::uuid, ${routerId}::uuid, r.name, r.service, r.present, r.disabled, r.profile, r.online,
      r.address, r.caller_id, r.uptime_seconds, r.drift, ${observed.at}
    from jsonb_to_recordset(${
    toRecordset(rows)
  }::jsonb) as r(name text, service text, present boolean, disabled boolean,
      profile text, online boolean, address text, caller_id text, uptime_seconds bigint, drift text)
    join desired_secrets d on d.tenant_id = ${trx.tenantId} and d.router_id = ${routerId} and d.ppp_name = r.name
      and d.ppp_service = r.service
    on conflict (tenant_id, router_id, ppp_name, ppp_service) do update set is_present = excluded.is_present,
      is_disabled = excluded.is_disabled, profile = excluded.profile, is_online = excluded.is_online,
      address = excluded.address, caller_id = excluded.caller_id, uptime_seconds = excluded.uptime_seconds,
      drift = excluded.drift, observed_at = excluded.observed_at`.execute(trx);
  return rows.length - Number(numAffectedRows ?? 0n);
}

/** After a complete report: what it did not name is not managed any more. */
export async function deleteObservedBefore(
  trx: TenantTransaction,
  routerId: string,
  before: Temporal.Instant,
): Promise<void> {
  await trx.deleteFrom("observed_secrets")
    .where("tenant_id", "=", trx.tenantId).where("router_id", "=", routerId)
    .where("observed_at", "<", before).execute();
}

/** Forgets accounts that the books have under another name now. */
export async function deleteObservedAccounts(
  trx: TenantTransaction,
  routerId: string,
  accounts: readonly { ppp_name: string; ppp_service: PppService }[],
): Promise<void> {
  await sql`delete from observed_secrets o
    using jsonb_to_recordset(${toRecordset(accounts)}::jsonb) as r(ppp_name text, ppp_service text)
    where o.tenant_id = ${trx.tenantId} and o.router_id = ${routerId} and o.ppp_name = r.ppp_name
      and o.ppp_service = r.ppp_service`.execute(trx);
}
