import { compareSorted, holdsText } from "@/shared/text/mod.ts";
import { type BrakeDecision, decideBrake, type RowDecision } from "@/web/domain/cuts/mod.ts";
import { isClockDoubted } from "@/web/domain/billing/mod.ts";
import { findClockWatch } from "@/web/store/billing/clock_watch.ts";
import { listCutCandidates } from "@/web/store/cuts/cut_candidates.ts";
import {
  countActiveConnections,
  listRecentCutCounts,
  listRuns,
  type RunRow,
} from "@/web/store/billing/runs.ts";
import { countCutStages, type CutCounts } from "@/web/store/cuts/cut_stages.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { type LateFeesToCome, previewLateFees } from "@/web/services/billing/late_fees.ts";
import { type CutPreview, findNextCutDay, previewCut, type TonightRow } from "@/web/store/cuts/tonight.ts";
import { listComingUp, listHeld, listRowNotes, type RowNote } from "@/web/store/cuts/tonight_page.ts";
import type { TONIGHT_VIEWS } from "@/web/route_table/tonight.ts";
import type { PageMoment } from "@/web/app/frame/page_context.ts";

/** A part of the Tonight page. */
export type TonightView = (typeof TONIGHT_VIEWS)[number];

/** Which rows are wanted. */
export interface TonightFilter {
  view: TonightView;
  siteId: string | undefined;
  /** Any part of a name, account number or PPP name. */
  q?: string | undefined;
}

/** A site with how many rows of the view are on it. */
export interface SiteCount {
  id: string;
  name: string;
  count: number;
}

/** Everything that the Tonight page shows. */
export interface TonightData {
  filter: TonightFilter;
  businessOn: Temporal.PlainDate;
  /** The scheduled run of that day; null before its list is made. */
  run: RunRow | null;
  preview: CutPreview;
  counts: Record<TonightView, number>;
  sites: SiteCount[];
  /** Every row of the view and site, in the order that was asked for. */
  rows: TonightRow[];
  notes: Map<string, RowNote>;
  active: number;
  /** Late fees that the coming night charges if nothing is paid before it. */
  fees: LateFeesToCome;
  brake: BrakeDecision;
  /** Who may be cut today although today's run is over: a hold ended, somebody was included. */
  dueNow: number;
  /** Nobody is cut while the server's clock is not believed. */
  isClockDoubted: boolean;
  /** The newest cut run that has finished. */
  lastRun: RunRow | null;
  /** What its cuts have become on the routers; null when it has cut nobody. */
  lastCuts: CutCounts | null;
}

/** Kept on for good reason: neither a person nor the calendar stands before the cut for a day. */
const KEPT: readonly RowDecision[] = ["exempt", "disputed", "below_minimum"];
const compare = Temporal.PlainDate.compare;
/** What the list can be sorted by; rows of the same value stay by name. */
const SORTS: Readonly<Record<string, (a: TonightRow, b: TonightRow) => number>> = {
  name: () => 0,
  owes: (a, b) => Number(a.balanceCentavos - b.balanceCentavos),
  due: (a, b) => compare(a.oldestDueOn, b.oldestDueOn),
};

/** Reads the next run as the rules see it now. */
export async function loadTonight(
  trx: TenantTransaction,
  moment: PageMoment,
  filter: TonightFilter,
  sort: string | undefined,
): Promise<TonightData> {
  const { tenant, today, now } = moment;
  const { businessOn, run } = await findNextCutDay(trx, today);
  const preview = await previewCut(trx, tenant, businessOn, now);
  const views = await splitViews(trx, moment, preview);
  const rows = sorted(views[filter.view].filter((row) => matches(row, filter)), sort);
  const active = await countActiveConnections(trx);
  const [lastRun = null] = await listRuns(trx, { kind: "cut", status: "done" }, 1);
  const isOver = Temporal.PlainDate.compare(businessOn, today) > 0;
  return {
    filter,
    businessOn,
    run,
    preview,
    counts: {
      cut: views.cut.length,
      held: views.held.length,
      excluded: views.excluded.length,
      soon: views.soon.length,
      no_notice: views.no_notice.length,
      kept: views.kept.length,
    },
    sites: countSites(views[filter.view]),
    rows,
    notes: await listRowNotes(trx, businessOn),
    active,
    fees: await previewLateFees(trx, tenant, today.add({ days: 1 })),
    brake: decideBrake({
      toCut: preview.counts.cut,
      active,
      recentRunCounts: await listRecentCutCounts(trx),
      percent: tenant.brake_percent,
      multiple: tenant.brake_multiple,
    }),
    dueNow: isOver ? await countDueNow(trx, moment) : 0,
    isClockDoubted: isClockDoubted(await findClockWatch(trx), now),
    lastRun,
    lastCuts: lastRun && ((await countCutStages(trx, [lastRun.id])).get(lastRun.id) ?? null),
  };
}

/** Ids of a view and site as they are now, for actions on everyone. */
export async function listViewIds(
  trx: TenantTransaction,
  moment: PageMoment,
  filter: TonightFilter,
): Promise<string[]> {
  const { businessOn } = await findNextCutDay(trx, moment.today);
  const preview = await previewCut(trx, moment.tenant, businessOn, moment.now);
  const views = await splitViews(trx, moment, preview);
  return views[filter.view].filter((row) => matches(row, filter)).map((row) => row.subscriptionId);
}

function matches(row: TonightRow, { siteId, q = "" }: TonightFilter): boolean {
  return (siteId === undefined || row.siteId === siteId) &&
    [row.name, row.accountNumber, row.pppName].some((text) => holdsText(text, q));
}

function sorted(rows: TonightRow[], sort: string | undefined): TonightRow[] {
  const order = SORTS[sort?.replace(/^-/, "") ?? ""];
  if (order === undefined || sort === "name") return rows;
  if (sort === "-name") return rows.toReversed();
  const sign = sort?.startsWith("-") ? -1 : 1;
  return rows.toSorted((a, b) => sign * order(a, b));
}

async function splitViews(
  trx: TenantTransaction,
  { tenant, now }: PageMoment,
  preview: CutPreview,
): Promise<Record<TonightView, TonightRow[]>> {
  const { businessOn, rows } = preview;
  const late = rows.filter((row) => row.decision === "not_due");
  const known = new Set(late.map((row) => row.subscriptionId));
  const coming = (await listComingUp(trx, tenant, businessOn, now)).filter((row) =>
    !known.has(row.subscriptionId)
  );
  return {
    cut: rows.filter((row) => row.decision === "cut"),
    held: await listHeld(trx, tenant, businessOn, now),
    excluded: rows.filter((row) => row.decision === "excluded"),
    soon: [...late.filter((row) => row.holdUntil === null), ...coming],
    no_notice: rows.filter((row) => row.decision === "no_notice"),
    kept: rows.filter((row) => KEPT.includes(row.decision)),
  };
}

async function countDueNow(trx: TenantTransaction, { tenant, today, now }: PageMoment): Promise<number> {
  const candidates = await listCutCandidates(trx, tenant, today, { now });
  return candidates.filter((row) => row.decision === "cut" && !row.is_cut).length;
}

function countSites(rows: readonly TonightRow[]): SiteCount[] {
  const sites = new Map<string, SiteCount>();
  for (const { siteId, siteName } of rows) {
    const site = sites.get(siteId) ?? { id: siteId, name: siteName, count: 0 };
    site.count++;
    sites.set(siteId, site);
  }
  return [...sites.values()].sort((a, b) => compareSorted(a.name, b.name));
}
