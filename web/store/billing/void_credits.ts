import { sql } from "kysely";
import { pricedLine } from "./bills.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A line of a bill that took off suspended days of another bill. */
export interface OrphanedCreditRow {
  description: string;
  period_start: Temporal.PlainDate;
  /** Below zero, as it was priced. */
  priced_centavos: bigint;
  /** That charges those days. */
  sold_bill_id: string;
}

/**
 * Of these lines those that no bill takes off again: the service has ended, or its days were settled by a change to payment
 * up front or of who pays ({@linkcode listBilledLines} leaves them out). The connection is looked up wherever it is: the
 * preview of whoever does not see its site says what the act, which sees the company, will do.
 */
export async function listOrphanedCredits(
  trx: TenantTransaction,
  billId: string,
): Promise<OrphanedCreditRow[]> {
  const { rows } = await sql<OrphanedCreditRow>`
    select l.description, l.period_start, ${
    pricedLine("b", "l")
  } as priced_centavos, p.bill_id as sold_bill_id
    from bills b
    join bill_lines l on l.tenant_id = b.tenant_id and l.bill_id = b.id and l.kind = 'recurring'
      and l.amount_centavos < 0
    join public.charged_periods p on p.tenant_id = b.tenant_id and p.subscription_id = b.subscription_id
      and p.period_start = l.period_start and coalesce(p.line_end, p.period_end) = l.period_end
      and p.state = 'billed' and p.bill_id <> b.id
    join public.subscriptions c on c.tenant_id = b.tenant_id and c.id = b.subscription_id
    where b.tenant_id = ${trx.tenantId} and b.id = ${billId} and b.status = 'issued' and b.kind <> 'debit_memo'
      and (c.status = 'cancelled'
        or exists (select from public.mode_changes m where m.tenant_id = p.tenant_id and m.subscription_id = p.subscription_id
          and m.to_mode = 'prepaid' and m.state = 'made' and m.effective_on > p.period_start)
        or exists (select from public.payer_changes x where x.tenant_id = p.tenant_id
          and x.subscription_id = p.subscription_id and x.state = 'made' and x.charged_from > p.period_start))
    order by l.line_no`.execute(trx);
  return rows;
}
