import { coded, codedOf, formatCoded } from "@/shared/codes/mod.ts";
import type { RowDecision } from "@/web/domain/cuts/mod.ts";
import { type CandidateOptions, type CutCandidate, listCutCandidates } from "./cut_candidates.ts";
import { type CutFace, listCutFaces } from "./cut_faces.ts";
import type { RouterReach } from "./router_reach.ts";
import { findScheduledRun, type RunRow } from "../billing/runs.ts";
import type { TenantRow } from "../settings/tenants.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A person on the Tonight page. */
export interface TonightRow {
  subscriptionId: string;
  subscriberId: string;
  name: string;
  accountNumber: string;
  phone: string | null;
  pppName: string;
  planName: string;
  siteId: string;
  siteName: string;
  routerName: string;
  routerStatus: RouterReach;
  /** Everything that is open on the subscription. */
  balanceCentavos: bigint;
  pastGraceCentavos: bigint;
  oldestDueOn: Temporal.PlainDate;
  graceEndsOn: Temporal.PlainDate;
  /** When the cut follows if nothing changes; null for never. */
  cutOn: Temporal.PlainDate | null;
  decision: RowDecision;
  reason: string;
  holdUntil: Temporal.PlainDate | null;
  excluded: boolean;
  lastPaymentOn: Temporal.PlainDate | null;
  lastPaymentCentavos: bigint | null;
}

/** Who will be cut on a date and who will not, with the reasons. */
export interface CutPreview {
  businessOn: Temporal.PlainDate;
  rows: TonightRow[];
  counts: Record<RowDecision, number>;
  /** Past grace, of the rows that will be cut. */
  cutCentavos: bigint;
}

/** The list as the rules see it now, for the cut run of a date. Those who are cut already are not on it. */
export async function previewCut(
  trx: TenantTransaction,
  tenant: TenantRow,
  businessOn: Temporal.PlainDate,
  now: Temporal.Instant,
): Promise<CutPreview> {
  const all = await listTonightRows(trx, tenant, businessOn, { now, exceptCut: true });
  const list = await findOpenList(trx, businessOn);
  const rows = all.map((row) =>
    list === null || list.has(row.subscriptionId) ? row : notOnList(row, businessOn)
  );
  const counts = {
    cut: 0,
    held: 0,
    disputed: 0,
    excluded: 0,
    exempt: 0,
    not_due: 0,
    below_minimum: 0,
    no_notice: 0,
    paid: 0,
  };
  let cutCentavos = 0n;
  for (const row of rows) {
    counts[row.decision]++;
    if (row.decision === "cut") cutCentavos += row.pastGraceCentavos;
  }
  return { businessOn, rows, counts, cutCentavos };
}

/** The day of the next cut run: today until today's run is over, then tomorrow. */
export async function findNextCutDay(
  trx: TenantTransaction,
  today: Temporal.PlainDate,
): Promise<{ businessOn: Temporal.PlainDate; run: RunRow | null }> {
  const run = await findScheduledRun(trx, "cut", today);
  if (run === null || (run.status !== "done" && run.status !== "failed")) return { businessOn: today, run };
  const tomorrow = today.add({ days: 1 });
  return { businessOn: tomorrow, run: await findScheduledRun(trx, "cut", tomorrow) };
}

/** What the day's run may still cut; null before the list is made, when everything that qualifies will be on it. */
async function findOpenList(
  trx: TenantTransaction,
  businessOn: Temporal.PlainDate,
): Promise<Set<string> | null> {
  const run = await findScheduledRun(trx, "cut", businessOn);
  if (run === null) return null;
  const rows = await trx.selectFrom("run_rows").select("subscription_id").where(
    "tenant_id",
    "=",
    trx.tenantId,
  )
    .where("run_id", "=", run.id).where("outcome", "=", "listed").execute();
  return new Set(rows.map((row) => row.subscription_id));
}

/** It came up after the list was made (a payment was reversed), so today's run leaves it alone (rule R2). */
function notOnList(row: TonightRow, businessOn: Temporal.PlainDate): TonightRow {
  if (row.decision !== "cut") return row;
  const reason = formatCoded(coded("row_came_late", { why: codedOf(row.reason) }));
  return { ...row, decision: "not_due", cutOn: businessOn.add({ days: 1 }), reason };
}

/** Candidates with their names, for a person to read. */
export async function listTonightRows(
  trx: TenantTransaction,
  tenant: TenantRow,
  businessOn: Temporal.PlainDate,
  options: CandidateOptions,
): Promise<TonightRow[]> {
  const candidates = (await listCutCandidates(trx, tenant, businessOn, { ...options, isForReading: true }))
    .filter((row) => !row.is_cut);
  const faces = await listCutFaces(trx, candidates.map((row) => row.subscription_id), options.now);
  return candidates.flatMap((row) => {
    const face = faces.get(row.subscription_id);
    // An import that was undone between the two took it along.
    return face === undefined ? [] : [toTonightRow(row, face)];
  });
}

function toTonightRow(row: CutCandidate, face: CutFace): TonightRow {
  return {
    subscriptionId: row.subscription_id,
    subscriberId: row.subscriber_id,
    name: face.name,
    accountNumber: face.account_number,
    phone: face.phone,
    pppName: face.ppp_name,
    planName: face.plan_name,
    siteId: face.site_id,
    siteName: face.site_name,
    routerName: face.router_name,
    routerStatus: face.router_status,
    balanceCentavos: row.balance_centavos,
    pastGraceCentavos: row.pastGraceCentavos,
    oldestDueOn: row.oldest_due_on,
    graceEndsOn: row.grace_ends_on,
    cutOn: row.cutOn,
    decision: row.decision,
    reason: row.reason,
    holdUntil: row.hold_until,
    excluded: row.is_excluded,
    lastPaymentOn: face.last_payment_on,
    lastPaymentCentavos: face.last_payment_centavos,
  };
}
