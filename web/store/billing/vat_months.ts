import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { countedFrom } from "./counted_entries.ts";

/** What taxed sales and their VAT were posted as: billed, or taken back in one of three ways. */
export interface VatSum {
  month: Temporal.PlainDate;
  posted: "billed" | "voided" | "memos" | "written_off";
  /** Without VAT; what takes back is below zero, as the VAT beside it. */
  netCentavos: bigint;
  vatCentavos: bigint;
}

/** Sums of each month from a first one on, from the ledger. */
export async function listVatSums(trx: TenantTransaction, from: Temporal.PlainDate): Promise<VatSum[]> {
  const { rows } = await sql<VatSum>`
    select date_trunc('month', since.counted_on)::date as month,
      case when since.kind = 'bill_issued' then 'billed' when since.kind = 'bill_voided' then 'voided'
        when m.kind = 'write_off' then 'written_off' else 'memos' end as posted,
      coalesce(-sum(since.amount_centavos) filter (where since.account <> 'vat_payable'), 0)::bigint
        as "netCentavos",
      coalesce(-sum(since.amount_centavos) filter (where since.account = 'vat_payable'), 0)::bigint
        as "vatCentavos"
    from (${countedFrom(trx, from)}) since
    left join bills b on b.tenant_id = ${trx.tenantId} and b.id = since.bill_id
    left join credit_memos m on m.tenant_id = ${trx.tenantId} and m.id = since.source_id
    where since.account = 'vat_payable'
      or (since.account like 'revenue:%' and b.tax_mode <> 'non_vat')
      or (since.account in ('credit_memos', 'write_offs') and m.vat_centavos <> 0)
    group by 1, 2`.execute(trx);
  return rows;
}
