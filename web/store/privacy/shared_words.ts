import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Names, phones, addresses and mail addresses that somebody else has as well, in lower case: in other texts they are theirs. */
export async function listSharedWords(trx: TenantTransaction, subscriberId: string): Promise<string[]> {
  const { rows } = await sql<{ word: string }>`
    select distinct lower(w.word) as word from subscribers s
    join subscribers o on o.tenant_id = s.tenant_id and o.id <> s.id and o.erased_at is null
      and (o.name_folded = s.name_folded or o.phone_digits = s.phone_digits or lower(o.email) = lower(s.email)
        or o.address_folded = s.address_folded)
    cross join lateral (values (case when o.name_folded = s.name_folded then s.name end),
      (case when o.phone_digits = s.phone_digits then s.phone end),
      (case when lower(o.email) = lower(s.email) then s.email end),
      (case when o.address_folded = s.address_folded then s.address end)) w (word)
    where s.tenant_id = ${trx.tenantId} and s.id = ${subscriberId} and w.word is not null`.execute(trx);
  return rows.map(({ word }) => word);
}
