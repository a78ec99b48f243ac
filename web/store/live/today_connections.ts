import { type RawBuilder, sql } from "kysely";
import { type AgingBucket, connectionRows } from "../subscribers/connections.ts";
import {
  type ListMoment,
  subscriberConditions,
  type SubscriberFilter,
} from "../subscribers/subscribers_page.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Lengths of time that a debt may be past due, the youngest first; not yet due is the first of them. */
export const AGING_BUCKETS: readonly AgingBucket[] = ["current", "1-7", "8-30", "31-60", "60+"];

/**
 * Figures about connections, each with the filter of the subscribers list that it leads to. The statement below makes
 * the figure with that same filter.
 */
export const CONNECTION_FIGURES = {
  online: { connection: "online" },
  offline: { connection: "offline" },
  unknown: { connection: "unknown" },
  any: { connection: "any" },
  active: { service: "active" },
  held: { service: "held" },
  disconnected: { service: "disconnected" },
  pending_install: { service: "pending_install" },
  cancelled: { service: "cancelled" },
  current: { aging: "current" },
  late: { aging: "late" },
  "1-7": { aging: "1-7" },
  "8-30": { aging: "8-30" },
  "31-60": { aging: "31-60" },
  "60+": { aging: "60+" },
} as const satisfies Record<string, SubscriberFilter>;

export type ConnectionFigure = keyof typeof CONNECTION_FIGURES;

/** How many lines a list has, and what they owe together. */
export interface CountAndBalance {
  count: number;
  balanceCentavos: bigint;
}

/** Reads every figure in one pass over the rows of the list: they are grouped first, then each filter asks the groups. */
export async function readConnectionFigures(
  trx: TenantTransaction,
  moment: ListMoment,
): Promise<Record<ConnectionFigure, CountAndBalance>> {
  const names = Object.keys(CONNECTION_FIGURES) as ConnectionFigure[];
  const columns = names.map((name): RawBuilder<unknown> => {
    const condition = subscriberConditions(CONNECTION_FIGURES[name]);
    return sql`coalesce(sum(n) filter (where ${condition}), 0)::int as ${sql.id(name)},
      coalesce(sum(balance) filter (where ${condition}), 0)::bigint as ${sql.id(`${name}_balance`)}`;
  });
  const { rows } = await sql<Record<string, number | bigint>>`
    with groups as (
      select connection, service_state, aging, count(*) as n, sum(balance_centavos) as balance
      from (${
    connectionRows({ tenantId: trx.tenantId, ...moment }, { isWhole: true })
  }) as rows group by 1, 2, 3
    ) select ${sql.join(columns)} from groups`.execute(trx);
  const [row = {}] = rows;
  return Object.fromEntries(names.map((name) => [name, {
    count: Number(row[name] ?? 0),
    balanceCentavos: BigInt(row[`${name}_balance`] ?? 0),
  }])) as Record<ConnectionFigure, CountAndBalance>;
}
