import { sql } from "kysely";
import { pricedLine } from "./bills.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** How a line of a bill was charged, from the period that was kept with it. */
export interface LineTermsRow {
  line_no: number;
  plan_name: string | null;
  price_centavos: bigint | null;
  anchor_day: number | null;
  proration: "actual" | "days30" | null;
  is_in_full: boolean | null;
  own_kind: "price" | "amount_off" | "percent_off" | null;
  own_amount_centavos: bigint | null;
  own_basis_points: number | null;
  own_until_on: Temporal.PlainDate | null;
  list_price_centavos: bigint | null;
  /** Of a line that takes something off: the charge of its period before. */
  corrected_number: string | null;
  corrected_description: string | null;
  corrected_centavos: bigint | null;
  already_centavos: bigint;
}

/** The terms of each line of a bill, by its number; those that no period was kept with are empty. */
export async function listLineTerms(trx: TenantTransaction, billId: string): Promise<LineTermsRow[]> {
  const { rows } = await sql<LineTermsRow>`
    select l.line_no, p.plan_name, p.price_centavos, p.anchor_day, p.proration, p.is_in_full, p.own_kind,
      p.own_amount_centavos, p.own_basis_points, p.own_until_on, p.list_price_centavos,
      charge.number as corrected_number, charge.description as corrected_description,
      charge.priced_centavos as corrected_centavos, coalesce(earlier.amount, 0)::bigint as already_centavos
    from bill_lines l
    join bills b on b.tenant_id = l.tenant_id and b.id = l.bill_id
    left join charged_periods p on p.tenant_id = l.tenant_id and p.subscription_id = l.subscription_id
      and p.period_start = l.period_start and p.period_end = l.period_end and l.kind = 'recurring'
      and l.amount_centavos >= 0 and p.plan_name is not null
    left join lateral (
      select ob.number, ol.description, ${pricedLine("ob", "ol")} as priced_centavos from bills ob
      join bill_lines ol on ol.tenant_id = ob.tenant_id and ol.bill_id = ob.id
      where l.amount_centavos < 0 and ob.tenant_id = l.tenant_id and ob.subscriber_id = b.subscriber_id
        and ol.subscription_id = l.subscription_id and ol.period_start = l.period_start
        and ol.period_end = l.period_end and ol.amount_centavos > 0 and ob.created_at <= b.created_at
      order by ob.status = 'issued' desc, ob.created_at desc limit 1) charge on true
    left join lateral (
      select -sum(${pricedLine("ob", "ol")}) as amount from bills ob
      join bill_lines ol on ol.tenant_id = ob.tenant_id and ol.bill_id = ob.id
      where l.amount_centavos < 0 and ob.tenant_id = l.tenant_id and ob.subscriber_id = b.subscriber_id
        and ob.status = 'issued' and ob.id <> b.id and ob.created_at <= b.created_at
        and ol.subscription_id = l.subscription_id and ol.period_start = l.period_start
        and ol.period_end = l.period_end and ol.amount_centavos < 0) earlier on true
    where l.tenant_id = ${trx.tenantId} and l.bill_id = ${billId} order by l.line_no`.execute(trx);
  return rows;
}
