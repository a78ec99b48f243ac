import { sql } from "kysely";
import { uuidArray } from "../billing/bill_run.ts";
import type { RunDecision } from "../billing/runs.ts";
import { sendSqlAhead } from "../db/ahead.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import type { BlockReasonRow } from "./block_reasons.ts";

/** What a cut run decided about a row of its list. */
export interface CutDecision
  extends Pick<RunDecision, "subscription_id" | "balance_centavos" | "cut_on" | "outcome"> {
  /** Of the reason `nonpayment`, where the outcome is a cut. */
  reasonId: string;
  reason: string;
}

/**
 * Writes what was decided into the rows of the list and, of each that is cut, the reason `nonpayment`: the same words
 * stand in both, so they travel once. A reason that stands already is left as it is.
 */
export async function writeCutDecisions(
  trx: TenantTransaction,
  runId: string,
  decided: readonly CutDecision[],
  added: Pick<BlockReasonRow, "added_by" | "added_on" | "added_at">,
): Promise<void> {
  await sendSqlAhead(
    trx,
    sql`
    with decided as materialized (
      select * from unnest(${uuidArray(decided.map((row) => row.subscription_id))}::uuid[],
        ${uuidArray(decided.map((row) => row.reasonId))}::uuid[], ${
      decided.map((row) => row.outcome)
    }::text[],
        ${decided.map((row) => row.balance_centavos)}::bigint[], ${decided.map((row) => row.cut_on)}::date[],
        ${decided.map((row) => row.reason)}::text[])
        as d(subscription_id, reason_id, outcome, balance_centavos, cut_on, reason)),
    written as (
      update run_rows r set outcome = d.outcome, balance_centavos = d.balance_centavos, cut_on = d.cut_on,
        reason = d.reason, decided_at = ${added.added_at}
      from decided d
      where r.tenant_id = ${trx.tenantId} and r.run_id = ${runId} and r.subscription_id = d.subscription_id)
    insert into block_reasons (tenant_id, id, subscription_id, reason, note, run_id, added_by, added_on, added_at)
    select ${trx.tenantId}::uuid, d.reason_id, d.subscription_id, 'nonpayment', d.reason, ${runId}::uuid,
      ${added.added_by}::text, ${added.added_on}::date, ${added.added_at}::timestamptz
    from decided d where d.outcome = 'cut'
    on conflict (tenant_id, subscription_id, reason) where removed_at is null do nothing`,
  );
}
