import { type RawBuilder, sql } from "kysely";
import type { Page, PageRequest } from "../db/keyset.ts";
import { orderingOf, type SortKey, windowOf } from "../db/ordering.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** An address that a server would not have, and whose it is now; one that nobody has any more is nobody's. */
export interface RefusedAddress {
  address_lower: string;
  kind: "hard" | "soft";
  source: "server" | "report";
  status: string | null;
  words: string;
  message_id: string | null;
  refused_at: Temporal.Instant;
  subscriber_id: string | null;
  subscriber_name: string | null;
  account_number: string | null;
  phone: string | null;
}

export interface RefusedFilter {
  kind?: "hard" | "soft" | undefined;
  addresses?: readonly string[] | undefined;
}

const SORTS: Readonly<Record<string, readonly SortKey<RefusedAddress>[]>> = {
  time: [
    { by: sql`f.refused_at`, kind: "instant", of: (row) => row.refused_at.toString() },
    { by: sql`f.address_lower`, kind: "text", of: (row) => row.address_lower },
  ],
};

/** Refused addresses, the last first; a family that shares one is one row with the first of its names. */
export async function listRefusedAddresses(
  trx: TenantTransaction,
  filter: RefusedFilter,
  request: PageRequest & { sort?: string | undefined },
): Promise<Page<RefusedAddress>> {
  const window = windowOf(orderingOf(SORTS, request.sort, "-time"), request);
  const { rows } = await sql<RefusedAddress>`
    select f.address_lower, f.kind, f.source, f.status, f.words, f.message_id, f.refused_at,
      s.id as subscriber_id, s.name as subscriber_name, s.account_number, s.phone
    from mail_refusals f
    left join lateral (select s.id, s.name, s.account_number, s.phone from subscribers s
      where s.tenant_id = f.tenant_id and lower(s.email) = f.address_lower order by s.account_number limit 1) s on true
    where ${conditionsOf(trx, filter)} and ${window.where}
    order by ${window.orderBy} limit ${window.limit}`.execute(trx);
  return window.toPage(rows);
}

/** How many there are of each kind. */
export async function countRefusedAddresses(
  trx: TenantTransaction,
): Promise<{ hard: number; soft: number }> {
  const { rows } = await sql<{ hard: number; soft: number }>`
    select count(*) filter (where kind = 'hard')::int as hard, count(*) filter (where kind = 'soft')::int as soft
    from mail_refusals where tenant_id = ${trx.tenantId}`.execute(trx);
  return rows[0] ?? { hard: 0, soft: 0 };
}

/** What is known against an address; null: nothing. */
export async function findRefusal(
  trx: TenantTransaction,
  address: string,
): Promise<Pick<RefusedAddress, "kind" | "words" | "refused_at"> | null> {
  return await trx.selectFrom("mail_refusals").select(["kind", "words", "refused_at"])
    .where("tenant_id", "=", trx.tenantId).where("address_lower", "=", sql<string>`lower(${address})`)
    .executeTakeFirst() ?? null;
}

/** Refusals by address, or all of a kind. */
export type WhichRefusals = readonly string[] | { kind: RefusedAddress["kind"] | undefined };

/** Forgets refusals. @returns the addresses that were refused */
export async function deleteRefusals(trx: TenantTransaction, which: WhichRefusals): Promise<string[]> {
  const filter = "kind" in which ? which : { addresses: which };
  const { rows } = await sql<{ address_lower: string }>`
    delete from mail_refusals f where ${conditionsOf(trx, filter)} returning f.address_lower`.execute(trx);
  return rows.map((row) => row.address_lower);
}

function conditionsOf(trx: TenantTransaction, { kind, addresses }: RefusedFilter): RawBuilder<unknown> {
  const where = [sql`f.tenant_id = ${trx.tenantId}`];
  if (kind !== undefined) where.push(sql`f.kind = ${kind}`);
  if (addresses !== undefined) where.push(sql`f.address_lower = any(${[...addresses]}::text[])`);
  return sql.join(where, sql` and `);
}
