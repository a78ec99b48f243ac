import { sql } from "kysely";
import { importKey } from "@/web/domain/imports/mod.ts";
import { sendSqlAhead } from "../db/ahead.ts";
import { toRecordset } from "../db/recordset.ts";
import type { ImportRowsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** One PPP secret of a batch. */
export type ImportRow = Omit<ImportRowsTable, "tenant_id" | "batch_id" | "words_folded" | "name_sort">;

const ROW = [
  "account_key",
  "ppp_name",
  "profile",
  "is_disabled",
  "comment",
  "caller_id",
  "service",
  "name",
  "phone",
  "decision",
  "issue",
  "prepaid_until_on",
  "prepaid_unit",
  "prepaid_count",
  "outcome",
  "outcome_message",
  "subscriber_id",
  "subscription_id",
] as const;

export async function insertImportRows(
  trx: TenantTransaction,
  batchId: string,
  rows: readonly Omit<
    ImportRow,
    | "account_key"
    | "outcome"
    | "outcome_message"
    | "subscriber_id"
    | "subscription_id"
    | "prepaid_until_on"
    | "prepaid_unit"
    | "prepaid_count"
  >[],
): Promise<void> {
  await sql`
    insert into import_rows (tenant_id, batch_id, account_key, ppp_name, profile, is_disabled, comment, caller_id, service,
      name, phone, decision, issue)
    select ${trx.tenantId}::uuid, ${batchId}::uuid, r.account_key, r.ppp_name, r.profile, r.is_disabled, r.comment, r.caller_id, r.service,
      r.name, r.phone, r.decision, r.issue
    from jsonb_to_recordset(${
    toRecordset(rows.map((row) => ({
      ...row,
      account_key: importKey({ name: row.ppp_name, service: row.service }),
    })))
  }::jsonb) as r(account_key text, ppp_name text, profile text, is_disabled boolean,
      comment text, caller_id text, service text, name text, phone text, decision text, issue text)`.execute(
    trx,
  );
}

/** Rows of a batch by the key of their account, from after the key `after`. */
export async function listImportRows(
  trx: TenantTransaction,
  batchId: string,
  page: { after?: string; limit: number; isOpen?: boolean },
): Promise<ImportRow[]> {
  let query = trx.selectFrom("import_rows").select(ROW)
    .where("tenant_id", "=", trx.tenantId).where("batch_id", "=", batchId);
  if (page.after !== undefined) query = query.where("account_key", ">", page.after);
  if (page.isOpen === true) query = query.where("outcome", "is", null);
  return await query.orderBy("account_key").limit(page.limit).execute();
}

/** What a person changed in the review. */
export interface ImportRowChange {
  account_key: string;
  decision: "import" | "skip";
  name?: string | null | undefined;
  phone?: string | null | undefined;
}

/** Writes decisions of the review. @returns the keys that the batch has */
export async function updateImportRows(
  trx: TenantTransaction,
  batchId: string,
  changes: readonly ImportRowChange[],
): Promise<string[]> {
  if (changes.length === 0) return [];
  const { rows } = await sql<{ account_key: string }>`
    update import_rows i set decision = c.decision, name = case when c.has_name then c.name else i.name end,
      phone = case when c.has_phone then c.phone else i.phone end
    from jsonb_to_recordset(${
    toRecordset(changes.map((change) => ({
      ...change,
      has_name: change.name !== undefined,
      has_phone: change.phone !== undefined,
    })))
  }::jsonb) as c(account_key text, decision text, name text, phone text, has_name boolean, has_phone boolean)
    where i.tenant_id = ${trx.tenantId} and i.batch_id = ${batchId} and i.account_key = c.account_key
    returning i.account_key`.execute(trx);
  return rows.map((row) => row.account_key);
}

/**
 * Profiles of a batch with their rate limit and number of secrets, most used first. Without those whose names hold control
 * characters: none of their secrets can be imported, and no form sends such a name back as it is.
 */
export async function listImportProfiles(
  trx: TenantTransaction,
  batchId: string,
): Promise<{ profile: string; rate_limit: string | null; secrets: number; disabled: number }[]> {
  const { rows } = await sql<
    { profile: string; rate_limit: string | null; secrets: number; disabled: number }
  >`
    select i.profile, p.rate_limit, count(*)::int as secrets, count(*) filter (where i.is_disabled)::int as disabled
    from import_rows i
    join import_batches b on b.tenant_id = i.tenant_id and b.id = i.batch_id
    left join ppp_profiles p on p.tenant_id = i.tenant_id and p.router_id = b.router_id and p.name = i.profile
    where i.tenant_id = ${trx.tenantId} and i.batch_id = ${batchId}
      and i.profile !~ '[\\u0001-\\u001f\\u007f-\\u009f\\uef00]'
    group by i.profile, p.rate_limit order by count(*) desc, i.profile`.execute(trx);
  return rows;
}

/** Replaces what is known of a router's profiles. */
export async function replaceProfiles(
  trx: TenantTransaction,
  routerId: string,
  read: { profiles: readonly { name: string; rate_limit: string | null }[]; at: Temporal.Instant },
): Promise<void> {
  await trx.deleteFrom("ppp_profiles")
    .where("tenant_id", "=", trx.tenantId).where("router_id", "=", routerId).execute();
  const unique = [...new Map(read.profiles.map((profile) => [profile.name, profile])).values()];
  await sql`
    insert into ppp_profiles (tenant_id, router_id, name, rate_limit, read_at)
    select ${trx.tenantId}::uuid, ${routerId}::uuid, r.name, r.rate_limit, ${read.at}
    from jsonb_to_recordset(${toRecordset(unique)}::jsonb) as r(name text, rate_limit text)`.execute(trx);
}

/** Notes what became of rows. */
export async function updateImportOutcomes(
  trx: TenantTransaction,
  batchId: string,
  outcomes: readonly {
    account_key: string;
    outcome: "created" | "skipped" | "failed";
    outcome_message: string | null;
    subscriber_id: string | null;
    subscription_id: string | null;
  }[],
): Promise<void> {
  await sendSqlAhead(
    trx,
    sql`
    update import_rows i set outcome = o.outcome, outcome_message = o.outcome_message,
      subscriber_id = o.subscriber_id, subscription_id = o.subscription_id
    from jsonb_to_recordset(${
      toRecordset(outcomes)
    }::jsonb) as o(account_key text, outcome text, outcome_message text,
      subscriber_id uuid, subscription_id uuid)
    where i.tenant_id = ${trx.tenantId} and i.batch_id = ${batchId} and i.account_key = o.account_key`,
  );
}
