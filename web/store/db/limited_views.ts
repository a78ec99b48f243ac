import { type Kysely, sql } from "kysely";
import type { Database } from "./schema.ts";

/**
 * What somebody sees whose roles are limited to some sites (decision 0070): a schema of views with the names of the
 * tables, so that every statement that reads, reads less. A person without limits reads the tables themselves: their
 * plans stay as they are. The views are the caller's (`security_invoker`): row level security of the tenant holds below.
 *
 * What decides about an act on something that is seen is read past them, from `public.…`: the act sees the whole company,
 * and so does its preview (decision 0071).
 *
 * They are made again after each migration, from the columns that the tables then have.
 */
export const LIMITED_SCHEMA = "limited";

/** The sites that the transaction is limited to. */
const SITES = "(select nullif(current_setting('app.sites', true), '')::uuid[])::uuid[]";

/** Who the transaction is limited for, where that is known. */
const PERSON = "(select nullif(current_setting('app.person', true), '')::uuid)";

/** Whether the row of another view that a column leads to is seen. */
function seen(view: string, column: string, key = "id"): string {
  return `exists (select from ${LIMITED_SCHEMA}.${view} o where o.tenant_id = t.tenant_id and o.${key} = t.${column})`;
}

/** A thing that is named by kind and id, as the audit log and the system log do. */
function seenByText(views: readonly string[], column: string): string {
  return views.map((view) =>
    `exists (select from ${LIMITED_SCHEMA}.${view} o where o.tenant_id = t.tenant_id and o.id::text = t.${column})`
  ).join(" or ");
}

/**
 * Of a router that is seen. Their ids are looked up once and stand in the statement: as a join the planner took a list of
 * fifty bills for cheap that went over every connection for each of them.
 */
function atRouters(table: string): string {
  return `${table}.router_id = any(array(select o.id from ${LIMITED_SCHEMA}.routers o))`;
}

/**
 * Of a subscriber who has a connection that is seen. The connections are asked and nothing between: an entry of
 * `subscriptions_by_subscriber` answers for one row, and one pass over that index for all of them.
 */
function ofSubscriber(column: string): string {
  return `exists (select from public.subscriptions o where o.tenant_id = t.tenant_id and o.subscriber_id = t.${column}
    and ${atRouters("o")})`;
}

interface View {
  /** Which rows of the table `t` are seen. */
  where: string;
  /** Columns that add up rows, added up again over what is seen. */
  columns?: Readonly<Record<string, string>>;
}

/** A run that cuts writes down each connection, one that bills only those for which it made no bill. */
const OF_RUN = `from ${LIMITED_SCHEMA}.run_rows o where o.tenant_id = t.tenant_id and o.run_id = t.id`;

const BILLS_OF_RUN = `from ${LIMITED_SCHEMA}.bills o where o.tenant_id = t.tenant_id and o.run_id = t.id`;

/** Each stands behind those that it looks at. A table that is not here is the same for everybody of the tenant. */
const VIEWS: Readonly<Record<string, View>> = {
  sites: { where: `t.id = any(${SITES})` },
  agents: { where: `t.site_id = any(${SITES})` },
  enrolment_codes: { where: `t.site_id = any(${SITES})` },
  routers: { where: `t.site_id = any(${SITES})` },
  agent_presence: { where: seen("agents", "agent_id") },
  commands: {
    where: `${seen("agents", "agent_id")} and (t.router_id is null or ${seen("routers", "router_id")})`,
  },
  command_parts: { where: seen("commands", "command_id") },
  ...all(
    [
      "router_states",
      "observed_secrets",
      "desired_secrets",
      "disable_authorisations",
      "ppp_profiles",
      "router_hand_changes",
      "import_batches",
      "subscriptions",
    ],
    { where: atRouters("t") },
  ),
  import_rows: { where: seen("import_batches", "batch_id") },
  subscribers: { where: ofSubscriber("id") },
  ...all(
    [
      "bills",
      "payments",
      "credit_memos",
      "credit_sources",
      "ledger_entries",
      "refunds",
      "mail_consents",
      "mail_messages",
      "subscriber_consents",
      "record_openings",
      "erasures",
    ],
    { where: ofSubscriber("subscriber_id") },
  ),
  ...all(["bill_lines", "allocations", "disputes", "late_fees"], { where: seen("bills", "bill_id") }),
  refund_shares: { where: seen("refunds", "refund_id") },
  ledger_transactions: { where: seen("ledger_entries", "id", "transaction_id") },
  ...all(
    [
      "block_reasons",
      "charged_periods",
      "cut_exclusions",
      "first_purchases",
      "given_back_periods",
      "holds",
      "mode_changes",
      "outage_connections",
      "outage_credits",
      "parked_bills",
      "payer_changes",
      "prepaid_purchases",
      "reconnection_fees",
      "run_rows",
      "service_ends",
      "subscription_prices",
    ],
    { where: seen("subscriptions", "subscription_id") },
  ),
  runs: {
    // That a day was run is no secret; what it did is counted over what is seen.
    where: "true",
    columns: {
      // Its text counts over all sites.
      brake_reason: "null::text",
      total: `(select count(*)::integer ${OF_RUN}) + (select count(*)::integer ${BILLS_OF_RUN})`,
      changed: `(select count(*)::integer ${OF_RUN} and o.outcome = 'cut') +
        (select count(*)::integer ${BILLS_OF_RUN})`,
      failed: `(select count(*)::integer ${OF_RUN} and o.outcome = 'failed')`,
      skipped: `(select count(*)::integer ${OF_RUN} and o.outcome not in ('listed', 'cut', 'failed'))`,
      amount_centavos:
        `(select coalesce(sum(o.balance_centavos), 0)::bigint ${OF_RUN} and o.outcome = 'cut') +
        (select coalesce(sum(o.total_centavos), 0)::bigint ${BILLS_OF_RUN})`,
    },
  },
  outages: {
    where: `case t.scope when 'company' then true when 'site' then t.site_id = any(${SITES})
      when 'router' then ${seen("routers", "router_id")} else ${
      seen("outage_connections", "id", "outage_id")
    } end`,
    columns: {
      connections: `(select count(*)::integer from ${LIMITED_SCHEMA}.outage_connections o
        where o.tenant_id = t.tenant_id and o.outage_id = t.id)`,
    },
  },
  approval_requests: {
    // What somebody asked for themselves they see, also what is the whole company's.
    where: `t.asked_by_id = ${PERSON} or case when t.site_id is not null then t.site_id = any(${SITES})
      else t.subscriber_id is not null and ${ofSubscriber("subscriber_id")} end`,
  },
  approval_secrets: { where: seen("approval_requests", "request_id") },
  // What whoever it is decided together; nobody else's.
  decision_batches: { where: `t.decided_by_id = ${PERSON}` },
  mail_batches: {
    where: `not exists (select from unnest(t.bill_ids) as i (bill_id) where not exists (
      select from ${LIMITED_SCHEMA}.bills b where b.tenant_id = t.tenant_id and b.id = i.bill_id))`,
  },
  unwritten_mails: {
    where:
      `exists (select from ${LIMITED_SCHEMA}.bills b where b.tenant_id = t.tenant_id and b.id = any(t.bill_ids))`,
    columns: {
      bill_ids: `array(select i.bill_id from unnest(t.bill_ids) with ordinality as i (bill_id, place)
        where exists (select from ${LIMITED_SCHEMA}.bills b where b.tenant_id = t.tenant_id and b.id = i.bill_id)
        order by i.place)`,
    },
  },
  mail_refusals: {
    where: `exists (select from ${LIMITED_SCHEMA}.mail_messages o where o.tenant_id = t.tenant_id
      and o.id = t.message_id)`,
  },
  audit_entries: {
    // Of a request an entry holds what was asked for: it is seen where the request is, whatever it is about.
    where: `case when t.action like 'approval.%' and t.details ->> 'request_id' ~ '^[0-9a-f-]{36}$'
        then exists (select from ${LIMITED_SCHEMA}.approval_requests o where o.tenant_id = t.tenant_id
          and o.id = (t.details ->> 'request_id')::uuid)
      when t.subscriber_id is not null then ${ofSubscriber("subscriber_id")}
      when t.subject_kind in ('site', 'agent', 'router', 'import', 'run', 'outage')
        then ${seenByText(["sites", "agents", "routers", "import_batches", "runs", "outages"], "subject_id")}
      else t.subject_kind not in ('bulk', 'export') end`,
  },
  system_log: {
    // A message of no subscriber is one to staff; so is what somebody signs in with.
    where: `case when t.subscriber_id is not null then ${ofSubscriber("subscriber_id")}
      when t.source = 'mail' and t.reference is not null or t.event = 'account_changed' then false
      when t.source in ('agents', 'routers') then ${seenByText(["agents", "routers"], "reference")}
      else t.source <> 'jobs' end`,
  },
  // Sums over the whole company, and what proves its log.
  ...all([
    "audit_checks",
    "audit_heads",
    "audit_known_breaks",
    "audit_redactions",
    "book_checks",
    "outage_reviews",
  ], { where: "false" }),
};

function all(tables: readonly string[], view: View): Record<string, View> {
  return Object.fromEntries(tables.map((table) => [table, view]));
}

/** Tables that are seen in part. */
export const LIMITED_TABLES: readonly string[] = Object.keys(VIEWS);

/** Takes the views away: a column that one shows could not be changed. */
export async function dropLimitedViews(db: Kysely<Database>): Promise<void> {
  await sql`drop schema if exists ${sql.id(LIMITED_SCHEMA)} cascade`.execute(db);
}

/**
 * Makes the views; tables that this schema does not have yet are left out.
 *
 * @param appRole who may read them
 */
export async function createLimitedViews(db: Kysely<Database>, appRole: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    // Several migrators at once: one makes them, and the others make them again.
    await sql`select pg_advisory_xact_lock(hashtextextended(${LIMITED_SCHEMA}, 0))`.execute(trx);
    await dropLimitedViews(trx);
    await sql`create schema ${sql.id(LIMITED_SCHEMA)}`.execute(trx);
    await sql`grant usage on schema ${sql.id(LIMITED_SCHEMA)} to ${sql.id(appRole)}`.execute(trx);
    const columns = await listColumns(trx);
    // The views of an older schema would miss half of their tables.
    if (!columns.has("role_sites") || !columns.has("approval_requests")) return;
    for (const [table, view] of Object.entries(VIEWS)) {
      const names = columns.get(table);
      if (names === undefined) continue;
      const selected = names.map((name) => `${view.columns?.[name] ?? `t."${name}"`} as "${name}"`);
      await sql.raw(`create view ${LIMITED_SCHEMA}.${table} with (security_invoker = true) as
        select ${selected.join(", ")} from public.${table} t where ${view.where}`).execute(trx);
      await sql`grant select on ${sql.id(LIMITED_SCHEMA, table)} to ${sql.id(appRole)}`.execute(trx);
    }
  });
}

async function listColumns(db: Kysely<Database>): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ table_name: string; names: string[] }>`
    select c.relname::text as table_name, array_agg(a.attname::text order by a.attnum) as names
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') group by c.relname`.execute(db);
  return new Map(rows.map((row) => [row.table_name, row.names]));
}
