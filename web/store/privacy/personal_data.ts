import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/**
 * Everything that is about one person, by where it stands: which rows of a table are theirs. What only the program needs
 * (keys, hashes, folded words) is left out.
 */
const OWN = "x.tenant_id = $tenant and x.subscriber_id = $id";
const OF_CONNECTION = "x.tenant_id = $tenant and x.subscription_id in (select c.id from subscriptions c " +
  "where c.tenant_id = $tenant and c.subscriber_id = $id)";
const OF_BILL =
  "x.tenant_id = $tenant and x.bill_id in (select b.id from bills b where b.tenant_id = $tenant " +
  "and b.subscriber_id = $id)";

const SECTIONS = {
  person: ["subscribers", "x.tenant_id = $tenant and x.id = $id"],
  consents: ["subscriber_consents", OWN],
  connections: ["subscriptions", OWN],
  prices: ["subscription_prices", OF_CONNECTION],
  holds: ["holds", OF_CONNECTION],
  suspensions: ["block_reasons", OF_CONNECTION],
  exclusions: ["cut_exclusions", OF_CONNECTION],
  ends: ["service_ends", OF_CONNECTION],
  outages: ["outage_credits", OF_CONNECTION],
  devices: [
    "observed_secrets",
    `x.tenant_id = $tenant and exists (select from subscriptions c where c.tenant_id = x.tenant_id
      and c.subscriber_id = $id and c.router_id = x.router_id and c.ppp_name = x.ppp_name
      and c.ppp_service = x.ppp_service)`,
  ],
  router_changes: ["router_hand_changes", OF_CONNECTION],
  bills: ["bills", OWN],
  bill_lines: ["bill_lines", OF_BILL],
  disputes: ["disputes", OF_BILL],
  payments: ["payments", OWN],
  memos: ["credit_memos", OWN],
  refunds: ["refunds", OWN],
  ledger: ["ledger_entries", OWN],
  credit: ["credit_sources", OWN],
  paid_with: ["allocations", OF_BILL],
  late_fees: ["late_fees", OF_BILL],
  parked: ["parked_bills", OF_CONNECTION],
  first_purchases: ["first_purchases", OF_CONNECTION],
  purchases: ["prepaid_purchases", OF_CONNECTION],
  mode_changes: ["mode_changes", OF_CONNECTION],
  payer_changes: [
    "payer_changes",
    "x.tenant_id = $tenant and (x.from_subscriber_id = $id or x.to_subscriber_id = $id)",
  ],
  approvals: ["approval_requests", OWN],
  cut_runs: ["run_rows", OF_CONNECTION],
  mail_wishes: ["mail_consents", OWN],
  mails: ["mail_messages", OWN],
  refused_addresses: [
    "mail_refusals",
    `x.tenant_id = $tenant and x.address_lower in (select lower(s.email) from subscribers s
      where s.tenant_id = $tenant and s.id = $id)`,
  ],
  imported: ["import_rows", OWN],
  erasures: ["erasures", OWN],
  log: ["system_log", OWN],
  changes: ["audit_entries", OWN],
  opened: ["record_openings", OWN],
} as const;

/** A part of the file. */
export type DataSection = keyof typeof SECTIONS;
export const DATA_SECTIONS = Object.keys(SECTIONS) as DataSection[];
/** Tables that the file has something of. */
export const DATA_TABLES: readonly string[] = Object.values(SECTIONS).map(([table]) => table);

/** Of the program, not of the person. */
const LEFT_OUT = [
  "tenant_id",
  "hash",
  "previous_hash",
  "salt",
  "idempotency_key",
  "request_hash",
  "digest",
  "public_key",
  "signature",
  "words_print",
  "entries_found",
  "log_looked_id",
  "seen",
  "input_version",
  "dedupe_key",
  "attachment_sha256",
  "name_folded",
  "name_sort",
  "words_folded",
  "address_folded",
  "account_lower",
  "phone_digits",
  "ppp_name_lower",
  "ppp_name_folded",
  "reference_folded",
  "caller_id_lower",
  "account_key",
  "book_place",
  "link_generation",
];

/** A page of rows of one part. */
export async function readPersonalData(
  trx: TenantTransaction,
  subscriberId: string,
  section: DataSection,
  { offset, limit }: { offset: number; limit: number },
): Promise<Record<string, unknown>[]> {
  const [table, where] = SECTIONS[section];
  const condition = where.split(/(\$tenant|\$id)/).map((part) =>
    part === "$tenant"
      ? sql`${trx.tenantId}::uuid`
      : part === "$id"
      ? sql`${subscriberId}::uuid`
      : sql.raw(part)
  );
  const { rows } = await sql<{ data: Record<string, unknown> }>`
    select to_jsonb(x) - ${[...LEFT_OUT]}::text[] as data from ${sql.table(table)} x
    where ${sql.join(condition, sql``)} order by x.* offset ${offset} limit ${limit}`.execute(trx);
  return rows.map(({ data }) => data);
}
