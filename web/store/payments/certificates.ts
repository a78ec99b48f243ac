import { sql } from "kysely";
import type { OpenOnDay } from "../billing/account_lines.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** An open bill of a subscriber who withholds tax. */
export interface WithheldBillRow extends OpenOnDay {
  subscriber_id: string;
  subscriber_name: string;
  account_number: string;
  withholding_rate_bp: number;
}

/** Open bills of everybody who withholds, the oldest due first. */
export async function listWithheldBills(trx: TenantTransaction): Promise<WithheldBillRow[]> {
  const { rows } = await sql<WithheldBillRow>`
    select b.id, b.number, b.issued_on, b.due_on, b.total_centavos, b.vat_centavos,
      b.total_centavos - b.paid_centavos as open_centavos, s.id as subscriber_id, s.name as subscriber_name,
      s.account_number, s.withholding_rate_bp,
      (select coalesce(sum(a.amount_centavos), 0)::bigint from allocations a
        join payments p on p.tenant_id = a.tenant_id and p.id = a.source_id and p.method = 'withholding_2307'
        where a.tenant_id = b.tenant_id and a.bill_id = b.id and a.released_at is null) as certified_centavos,
      (select coalesce(sum(m.amount_centavos), 0)::bigint from credit_memos m where m.tenant_id = b.tenant_id
        and m.bill_id = b.id and m.voided_at is null) as back_centavos,
      (select coalesce(sum(m.vat_centavos), 0)::bigint from credit_memos m where m.tenant_id = b.tenant_id
        and m.bill_id = b.id and m.voided_at is null) as vat_back_centavos
    from subscribers s join bills b on b.tenant_id = s.tenant_id and b.subscriber_id = s.id
      and b.status = 'issued' and b.paid_centavos < b.total_centavos
    where s.tenant_id = ${trx.tenantId} and s.withholding_rate_bp is not null
    order by b.due_on, s.name, b.id`.execute(trx);
  return rows;
}

/** A certificate that came. */
export interface CertificateRow {
  id: string;
  subscriber_id: string;
  subscriber_name: string;
  account_number: string;
  reference: string;
  received_on: Temporal.PlainDate;
  amount_centavos: bigint;
  /** Numbers of the bills that it settles, joined by commas. */
  bills: string | null;
}

/** Certificates that stand, newest first, received within days. */
export async function listCertificates(
  trx: TenantTransaction,
  { from, to }: { from?: Temporal.PlainDate | undefined; to?: Temporal.PlainDate | undefined },
): Promise<CertificateRow[]> {
  const { rows } = await sql<CertificateRow>`
    select p.id, p.subscriber_id, s.name as subscriber_name, s.account_number, p.reference, p.received_on,
      p.amount_centavos, (select string_agg(distinct b.number, ', ') from allocations a
        join bills b on b.tenant_id = a.tenant_id and b.id = a.bill_id
        where a.tenant_id = p.tenant_id and a.source_id = p.id and a.released_at is null) as bills
    from payments p join subscribers s on s.tenant_id = p.tenant_id and s.id = p.subscriber_id
    where p.tenant_id = ${trx.tenantId} and p.method = 'withholding_2307' and p.status = 'posted'
      ${from === undefined ? sql`` : sql`and p.received_on >= ${from}::date`}
      ${to === undefined ? sql`` : sql`and p.received_on <= ${to}::date`}
    order by p.received_on desc, p.id desc`.execute(trx);
  return rows;
}
