import { sql } from "kysely";
import { billConditions, type BillPageFilter } from "../billing/bills_page.ts";
import { paymentConditions, type PaymentFilter } from "../payments/payments_page.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Money of one business day. */
export interface DailyMoney {
  on: Temporal.PlainDate;
  /** Total of the bills that were issued on the day and are not void, and how many they are. */
  billedCentavos: bigint;
  bills: number;
  /** What of these bills is paid by now. */
  paidCentavos: bigint;
  /** Posted payments that were recorded on the day. */
  collectedCentavos: bigint;
}

/** Days, both ends included. */
export interface Span {
  from: Temporal.PlainDate;
  to: Temporal.PlainDate;
}

/** The bills that a figure counts: the list behind it has the same filter. */
export function billedIn({ from, to }: Span): BillPageFilter {
  return { isLive: true, issuedFrom: from, issuedTo: to };
}

/** The payments that a figure counts: the list behind it has the same filter. */
export function collectedIn({ from, to }: Span): PaymentFilter {
  return { status: "posted", recordedFrom: from, recordedTo: to };
}

/** Billed and collected on each day, days without either too. */
export async function listDailyMoney(trx: TenantTransaction, span: Span): Promise<DailyMoney[]> {
  const { rows } = await sql<DailyMoney>`
    select day::date as on, coalesce(billed.total, 0)::bigint as "billedCentavos",
      coalesce(billed.bills, 0)::int as bills, coalesce(billed.paid, 0)::bigint as "paidCentavos",
      coalesce(collected.total, 0)::bigint as "collectedCentavos"
    from generate_series(${span.from}::date, ${span.to}::date, interval '1 day') day
    left join (select b.issued_on, count(*) as bills, sum(b.total_centavos) as total, sum(b.paid_centavos) as paid
      from bills b where ${billConditions(trx, billedIn(span))} group by b.issued_on) billed
      on billed.issued_on = day::date
    left join (select p.recorded_on, sum(p.amount_centavos) as total
      from payments p where ${paymentConditions(trx, collectedIn(span))} group by p.recorded_on) collected
      on collected.recorded_on = day::date
    order by day`.execute(trx);
  return rows;
}

/** What came in by one method. */
export interface CollectedByMethod {
  method: NonNullable<PaymentFilter["method"]>;
  count: number;
  amountCentavos: bigint;
}

/** What came in on the days of a span, by method, the most first. */
export async function listCollected(trx: TenantTransaction, span: Span): Promise<CollectedByMethod[]> {
  const { rows } = await sql<CollectedByMethod>`
    select p.method, count(*)::int as count, sum(p.amount_centavos)::bigint as "amountCentavos"
    from payments p where ${paymentConditions(trx, collectedIn(span))}
    group by p.method order by sum(p.amount_centavos) desc, p.method`.execute(trx);
  return rows;
}
