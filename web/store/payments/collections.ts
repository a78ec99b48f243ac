import { type RawBuilder, sql } from "kysely";
import type { CollectedBy } from "@/web/domain/payments/mod.ts";
import { inScope, type ReportScope } from "../billing/counted_entries.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { paymentConditions, type PaymentFilter } from "./payments_page.ts";

export type CollectedMethod = NonNullable<PaymentFilter["method"]>;

/** Which money. */
export interface CollectionFilter extends ReportScope {
  from: Temporal.PlainDate;
  to: Temporal.PlainDate;
  method?: CollectedMethod | undefined;
  /** Who recorded it. */
  staff?: string | undefined;
  /** With payments that were reversed, and what was taken back on the day it was. Otherwise they are left out. */
  withReversed: boolean;
}

/** Money received on one day, in one month, by one method or by one person. */
export interface CollectedRow {
  /** A date, a method, or a name. */
  key: string;
  count: number;
  /** By method, only those that occur. */
  byMethod: Partial<Record<CollectedMethod, bigint>>;
  receivedCentavos: bigint;
  /** Taken back; zero where reversed payments are left out. */
  reversedCentavos: bigint;
}

/**
 * Money received over some days. A payment counts on the day it was recorded, as on Today; a reversal on its own day, and
 * with the method and the person of its payment.
 */
export async function listCollections(
  trx: TenantTransaction,
  filter: CollectionFilter,
  by: CollectedBy,
): Promise<CollectedRow[]> {
  const key = {
    day: sql`m.on::text`,
    month: sql`date_trunc('month', m.on)::date::text`,
    method: sql`m.method`,
    staff: sql`m.recorded_by`,
  }[by];
  const { rows } = await sql<
    { key: string; method: CollectedMethod; n: number; received: bigint; reversed: bigint }
  >`
    select ${key} as key, m.method, count(*) filter (where m.received > 0)::int as n,
      sum(m.received)::bigint as received, sum(m.reversed)::bigint as reversed
    from (${moneyMoved(trx, filter)}) m group by 1, 2 order by 1`.execute(trx);
  return [...Map.groupBy(rows, (row) => row.key)].map(([key, parts]) => ({
    key,
    count: parts.reduce((total, part) => total + part.n, 0),
    byMethod: Object.fromEntries(parts.map((part) => [part.method, part.received])),
    receivedCentavos: parts.reduce((total, part) => total + part.received, 0n),
    reversedCentavos: parts.reduce((total, part) => total + part.reversed, 0n),
  }));
}

/** Who has recorded a payment on these days, by name. */
export async function listCollectors(
  trx: TenantTransaction,
  { from, to }: Pick<CollectionFilter, "from" | "to">,
): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select distinct p.recorded_by as name from payments p
    where ${paymentConditions(trx, { recordedFrom: from, recordedTo: to })} order by 1`.execute(trx);
  return rows.map(({ name }) => name);
}

function moneyMoved(trx: TenantTransaction, filter: CollectionFilter): RawBuilder<unknown> {
  const { from, to, method, staff, withReversed } = filter;
  const ofWhom = sql`${inScope(trx, filter, sql`p.subscriber_id`)}
    ${staff === undefined ? sql`` : sql`and p.recorded_by = ${staff}`}`;
  const conditions = paymentConditions(trx, {
    method,
    recordedFrom: from,
    recordedTo: to,
    ...(withReversed ? {} : { status: "posted" }),
  });
  const received = sql`
    select p.recorded_on as on, p.method, p.recorded_by, p.amount_centavos as received, 0 as reversed
    from payments p where ${conditions} and ${ofWhom}`;
  if (!withReversed) return received;
  return sql`${received}
    union all
    select t.business_on, p.method, p.recorded_by, 0, p.amount_centavos
    from ledger_transactions t join payments p on p.tenant_id = t.tenant_id and p.id = t.source_id
    where t.kind = 'payment_reversed' and t.business_on between ${from}::date and ${to}::date
      and ${paymentConditions(trx, { method })} and ${ofWhom}`;
}
