import { sql } from "kysely";
import type { RunRow } from "../billing/runs.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What one business day brought, as the books have it. */
export interface HistoryDay {
  business_on: Temporal.PlainDate;
  bill_run_id: string | null;
  bills: number;
  billed_centavos: bigint;
  payments: number;
  collected_centavos: bigint;
  reversed: number;
  cut_run_id: string | null;
  cut_status: RunRow["status"] | null;
  listed: number;
  cut: number;
  kept: number;
  restored: number;
  held: number;
  /** Messages that were to go to somebody, and those of them that went. */
  mails: number;
  mails_sent: number;
}

/** Business days from `first` to `last`, newest first, with what happened on each; also days without anything. */
export async function listHistoryDays(
  trx: TenantTransaction,
  { first, last }: { first: Temporal.PlainDate; last: Temporal.PlainDate },
): Promise<HistoryDay[]> {
  const tenant = trx.tenantId;
  const { rows } = await sql<HistoryDay>`
    select d.day::date as business_on, bill.id as bill_run_id, coalesce(bill.changed, 0) as bills,
      coalesce(bill.amount_centavos, 0)::bigint as billed_centavos,
      coalesce(paid.n, 0)::int as payments, coalesce(paid.amount, 0)::bigint as collected_centavos,
      coalesce(paid.reversed, 0)::int as reversed,
      cut.id as cut_run_id, cut.status as cut_status, coalesce(cut.total, 0) as listed,
      coalesce(cut.changed, 0) as cut, coalesce(cut.skipped, 0) as kept,
      (select count(*)::int from block_reasons k where k.tenant_id = ${tenant} and k.reason = 'nonpayment'
        and k.removed_on = d.day) as restored,
      coalesce(held.n, 0)::int as held, coalesce(mail.n, 0)::int as mails,
      coalesce(mail.sent, 0)::int as mails_sent
    from generate_series(${first}::date, ${last}::date, interval '1 day') as d(day)
    left join runs bill on bill.tenant_id = ${tenant} and bill.kind = 'bill' and bill.business_on = d.day
      and bill.trigger = 'scheduled' and bill.status <> 'taken_back'
    left join runs cut on cut.tenant_id = ${tenant} and cut.kind = 'cut' and cut.business_on = d.day
      and cut.trigger = 'scheduled' and cut.status <> 'taken_back'
    left join (select recorded_on, count(*) filter (where status = 'posted') as n,
        sum(amount_centavos) filter (where status = 'posted') as amount,
        count(*) filter (where status = 'reversed') as reversed
      from payments where tenant_id = ${tenant} and recorded_on between ${first} and ${last}
      group by recorded_on) paid on paid.recorded_on = d.day
    left join (select business_on, count(*) as n from audit_entries where tenant_id = ${tenant}
        and action in ('subscription.held', 'subscription.hold_extended')
        and business_on between ${first} and ${last} group by business_on) held on held.business_on = d.day
    left join (select created_on, count(*) as n, count(*) filter (where state = 'sent') as sent
      from mail_messages where tenant_id = ${tenant} and state <> 'skipped'
        and created_on between ${first} and ${last} group by created_on) mail on mail.created_on = d.day
    order by d.day desc`.execute(trx);
  return rows;
}
