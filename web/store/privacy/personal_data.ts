import { type RawBuilder, sql } from "kysely";
import { everHad, hadBy } from "../billing/payer_changes.ts";
import type { Database } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Whose file it is. */
interface Person {
  tenant: string;
  id: string;
}

/** A part of the file: which rows `d` of a table are theirs, and which of its columns. */
interface Section {
  table: keyof Database;
  whose(person: Person): RawBuilder<unknown>;
  /** Everything else is left out. @default all, without what only the program needs */
  only?: readonly string[];
  /** Of these columns nothing. */
  without?: readonly string[];
}

const own = ({ id }: Person) => sql`d.subscriber_id = ${id}`;
const ofBill = ({ tenant, id }: Person) =>
  sql`d.bill_id in (select b.id from bills b where b.tenant_id = ${tenant} and b.subscriber_id = ${id})`;
/** Of a connection while it was theirs: what was before and after is about another payer. */
const whileTheirs = (at: string) => ({ tenant, id }: Person) =>
  sql`exists (select from ${everHad(tenant, id)} c where c.id = d.subscription_id
    and ${hadBy(sql.raw(at))} = ${id})`;

/**
 * Everything that is about one person, by where it stands. Of a connection that went from one payer to another each has
 * what was written while they paid, and where there is a bill the one that it was made for.
 */
const SECTIONS = {
  person: { table: "subscribers", whose: ({ id }) => sql`d.id = ${id}` },
  consents: { table: "subscriber_consents", whose: own },
  connections: { table: "subscriptions", whose: own },
  prices: { table: "subscription_prices", whose: whileTheirs("d.agreed_at") },
  holds: { table: "holds", whose: whileTheirs("d.created_at") },
  suspensions: { table: "block_reasons", whose: whileTheirs("d.added_at") },
  exclusions: { table: "cut_exclusions", whose: whileTheirs("d.created_at") },
  ends: { table: "service_ends", whose: whileTheirs("d.asked_at") },
  outages: { table: "outage_credits", whose: ofBill },
  devices: {
    table: "observed_secrets",
    whose: ({ id }) =>
      sql`exists (select from subscriptions c where c.tenant_id = d.tenant_id and c.subscriber_id = ${id}
        and c.router_id = d.router_id and c.ppp_name = d.ppp_name and c.ppp_service = d.ppp_service)`,
  },
  router_changes: { table: "router_hand_changes", whose: whileTheirs("d.found_at") },
  bills: { table: "bills", whose: own },
  bill_lines: { table: "bill_lines", whose: ofBill },
  disputes: { table: "disputes", whose: ofBill },
  payments: { table: "payments", whose: own },
  memos: { table: "credit_memos", whose: own },
  refunds: { table: "refunds", whose: own },
  ledger: { table: "ledger_entries", whose: own },
  credit: { table: "credit_sources", whose: own },
  paid_with: { table: "allocations", whose: ofBill },
  late_fees: { table: "late_fees", whose: ofBill },
  parked: { table: "parked_bills", whose: whileTheirs("d.parked_at") },
  first_purchases: { table: "first_purchases", whose: whileTheirs("d.made_at") },
  purchases: { table: "prepaid_purchases", whose: ofBill },
  mode_changes: { table: "mode_changes", whose: whileTheirs("d.asked_at") },
  payer_changes: {
    table: "payer_changes",
    whose: ({ id }) => sql`(d.from_subscriber_id = ${id} or d.to_subscriber_id = ${id})`,
  },
  approvals: {
    table: "approval_requests",
    whose: own,
    without: ["asked_by_id", "decided_by_id", "only_key", "revision"],
  },
  cut_runs: {
    table: "run_rows",
    whose: whileTheirs(
      "coalesce(d.decided_at, (select r.created_at from runs r where r.tenant_id = d.tenant_id and r.id = d.run_id))",
    ),
  },
  mail_wishes: { table: "mail_consents", whose: own },
  mails: { table: "mail_messages", whose: own },
  // An address may be a family's: what the server said may be of a mail to another of them.
  refused_addresses: {
    table: "mail_refusals",
    whose: ({ tenant, id }) =>
      sql`d.address_lower in (
        select lower(s.email) from subscribers s where s.tenant_id = ${tenant} and s.id = ${id}
        union all select lower(m.address) from mail_messages m where m.tenant_id = ${tenant}
          and m.subscriber_id = ${id})`,
    only: ["address_lower", "kind", "refused_at"],
  },
  imported: { table: "import_rows", whose: own },
  erasures: {
    table: "erasures",
    whose: own,
    without: ["started_ip", "started_request_id", "log_from", "log_next", "log_changed"],
  },
  log: { table: "system_log", whose: own },
  changes: { table: "audit_entries", whose: own },
  opened: { table: "record_openings", whose: own },
} as const satisfies Record<string, Section>;

/** A part of the file. */
export type DataSection = keyof typeof SECTIONS;
export const DATA_SECTIONS = Object.keys(SECTIONS) as DataSection[];
/** Tables that the file has something of. */
export const DATA_TABLES: readonly string[] = Object.values(SECTIONS).map(({ table }) => table);

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
  const { table, whose, only, without = [] }: Section = SECTIONS[section];
  const all = sql`to_jsonb(d) - ${[...LEFT_OUT, ...without]}::text[]`;
  const data = only === undefined
    ? all
    : sql`(select jsonb_object_agg(f.key, f.value) from jsonb_each(${all}) f where f.key = any(${[
      ...only,
    ]}::text[]))`;
  const { rows } = await sql<{ data: Record<string, unknown> }>`
    select ${data} as data from ${sql.table(table)} d
    where d.tenant_id = ${trx.tenantId} and ${whose({ tenant: trx.tenantId, id: subscriberId })}
    order by d.* offset ${offset} limit ${limit}`.execute(trx);
  return rows.map(({ data }) => data);
}
