import { sql } from "kysely";
import { formatNumber } from "@/web/domain/billing/mod.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Series of a tenant and how their first use writes them. */
export const SERIES = {
  bill: { prefix: "SOA-", pad: 6 },
  payment: { prefix: "RCPT-", pad: 6 },
  memo: { prefix: "CM-", pad: 6 },
  refund: { prefix: "RF-", pad: 6 },
  opening: { prefix: "OB-", pad: 6 },
  account: { prefix: "A-", pad: 5 },
} as const;

/**
 * Takes the next numbers of a series. The row stays locked until commit, so that a rollback gives them back and no
 * number is ever missing (billing rule 17).
 */
export async function takeNumbers(
  trx: TenantTransaction,
  series: keyof typeof SERIES,
  count: number,
): Promise<string[]> {
  if (count === 0) return [];
  const { prefix, pad } = SERIES[series];
  const { rows } = await sql<{ prefix: string; pad: number; next_value: bigint }>`
    insert into number_series (tenant_id, series, prefix, pad, next_value)
    values (${trx.tenantId}, ${series}, ${prefix}, ${pad}, ${1 + count})
    on conflict (tenant_id, series) do update set next_value = number_series.next_value + ${count}
    returning prefix, pad, next_value`.execute(trx);
  const row = rows[0];
  if (row === undefined) throw new Error(`Cannot take numbers of series ${series}: no row came back`);
  const first = row.next_value - BigInt(count);
  return Array.from({ length: count }, (_, i) => formatNumber(row.prefix, row.pad, first + BigInt(i)));
}
