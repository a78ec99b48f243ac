import { sql } from "kysely";
import { uuidArray } from "../billing/bill_run.ts";
import type { RunDecision } from "../billing/runs.ts";
import { sendSqlAhead } from "../db/ahead.ts";
import { textArray } from "../db/text_array.ts";
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
  // Many rows of a night are decided alike: each decision travels once, and a row says which one is its.
  const known = new Map<string, { nth: number; row: CutDecision }>();
  const nths = decided.map((row) => {
    const alike = `${row.outcome}/${row.balance_centavos}/${row.cut_on}/${row.reason}`;
    const found = known.get(alike) ?? { nth: known.size + 1, row };
    known.set(alike, found);
    return found.nth;
  });
  const decisions = [...known.values()].map(({ row }) => row);
  await sendSqlAhead(
    trx,
    sql`
    with decided as materialized (
      select r.subscription_id, r.reason_id, d.outcome, d.balance_centavos, d.cut_on, d.reason
      from unnest(${uuidArray(decided.map((row) => row.subscription_id))}::uuid[],
        ${uuidArray(decided.map((row) => row.reasonId))}::uuid[], ${`{${nths.join(",")}}`}::int[])
        as r(subscription_id, reason_id, nth)
      join unnest(${textArray(decisions.map((row) => row.outcome))}::text[],
        ${textArray(decisions.map((row) => row.balance_centavos))}::bigint[],
        ${textArray(decisions.map((row) => row.cut_on))}::date[],
        ${textArray(decisions.map((row) => row.reason))}::text[])
        with ordinality as d(outcome, balance_centavos, cut_on, reason, nth) on d.nth = r.nth),
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
