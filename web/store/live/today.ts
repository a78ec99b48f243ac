import { listNeeds, type NeedsYou } from "./needs_you.ts";
import { type CutCounts, findLastCuts } from "../cuts/cut_stages.ts";
import type { RunRow } from "../billing/runs.ts";
import { type ConnectionFigure, type CountAndBalance, readConnectionFigures } from "./today_connections.ts";
import { type CollectedByMethod, type DailyMoney, listCollected, listDailyMoney } from "./today_money.ts";
import { findNextCutDay, previewCut } from "../cuts/tonight.ts";
import { listHeld } from "../cuts/tonight_page.ts";
import type { TenantRow } from "../settings/tenants.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Days of the chart, today included. */
export const CHART_DAYS = 30;

/** Who will be cut on one site. */
export interface SiteCut {
  siteId: string;
  siteName: string;
  count: number;
  amountCentavos: bigint;
}

/** What the next cut run will do, as the Tonight page lists it. */
export interface TonightFigures {
  businessOn: Temporal.PlainDate;
  at: Temporal.PlainTime;
  count: number;
  /** Past grace, of those who will be cut. */
  amountCentavos: bigint;
  /** The site with the most first. */
  sites: SiteCut[];
  /** Connections with a live hold; nobody cuts them. */
  held: number;
  excluded: number;
  /** Kept on because their notice was not sent. */
  unnoticed: number;
  /** Set when the day's list is planned or the run waits for approval. */
  run: RunRow | null;
  /** The newest cut run that is over, with what its cuts have become on the routers. */
  last: { run: RunRow; cuts: CutCounts } | null;
}

/** The cycle that today is in: of the bills since then, how much was billed, and how much of that is paid. */
export interface CycleFigures {
  since: Temporal.PlainDate;
  bills: number;
  billedCentavos: bigint;
  paidCentavos: bigint;
}

/** The figures of the Today page. Each one equals the list that it links to. */
export interface TodayFigures {
  needsYou: NeedsYou[];
  tonight: TonightFigures;
  /** Live payments recorded on the business date. */
  collectedToday: CollectedByMethod[];
  connections: Record<ConnectionFigure, CountAndBalance>;
  cycle: CycleFigures;
  /** The last {@link CHART_DAYS} days, today last. */
  daily: DailyMoney[];
}

/** When Today is read. */
export interface TodayMoment {
  /** Business date. */
  today: Temporal.PlainDate;
  /** Time of day on the business clock; the end of the day when it is left out. */
  time?: Temporal.PlainTime | undefined;
  /** Real time, for what is fresh. */
  now: Temporal.Instant;
}

/** Reads every figure of Today. */
export async function readToday(
  trx: TenantTransaction,
  tenant: TenantRow,
  moment: TodayMoment,
): Promise<TodayFigures> {
  const { today } = moment;
  const since = cycleStart(tenant, today);
  const firstOfChart = today.subtract({ days: CHART_DAYS - 1 });
  const from = Temporal.PlainDate.compare(since, firstOfChart) < 0 ? since : firstOfChart;
  const days = await listDailyMoney(trx, { from, to: today });
  const tonight = await readTonight(trx, tenant, moment);
  const needs = await listNeeds(trx, tenant, moment);
  return {
    tonight,
    // Who has paid since the list was made is not among those that an approval cuts.
    needsYou: [
      ...needs.map((need) =>
        need.kind === "run_awaiting_approval" && need.subjectId === tonight.run?.id
          ? { ...need, count: tonight.count }
          : need
      ),
      ...needsOfNotices(tenant, tonight),
    ],
    collectedToday: await listCollected(trx, { from: today, to: today }),
    connections: await readConnectionFigures(trx, moment),
    cycle: cycleOf(days, since),
    daily: days.slice(-CHART_DAYS),
  };
}

function needsOfNotices(tenant: TenantRow, { businessOn, unnoticed }: TonightFigures): NeedsYou[] {
  if (unnoticed === 0) return [];
  return [{
    kind: "cuts_unnoticed",
    subjectId: tenant.id,
    subject: businessOn.toString(),
    detail: null,
    count: unnoticed,
    since: null,
  }];
}

async function readTonight(
  trx: TenantTransaction,
  tenant: TenantRow,
  moment: TodayMoment,
): Promise<TonightFigures> {
  const { businessOn, run } = await findNextCutDay(trx, moment.today);
  const preview = await previewCut(trx, tenant, businessOn, moment.now);
  const held = await listHeld(trx, tenant, businessOn, moment.now);
  const sites = new Map<string, SiteCut>();
  for (const { siteId, siteName, decision, pastGraceCentavos } of preview.rows) {
    if (decision !== "cut") continue;
    const site = sites.get(siteId) ?? { siteId, siteName, count: 0, amountCentavos: 0n };
    site.count++;
    site.amountCentavos += pastGraceCentavos;
    sites.set(siteId, site);
  }
  return {
    businessOn,
    at: Temporal.PlainTime.from(tenant.cut_time),
    count: preview.counts.cut,
    amountCentavos: preview.cutCentavos,
    sites: [...sites.values()].sort((a, b) => b.count - a.count || a.siteName.localeCompare(b.siteName)),
    held: held.length,
    excluded: preview.counts.excluded,
    unnoticed: preview.counts.no_notice,
    run,
    last: await findLastCuts(trx),
  };
}

function cycleOf(days: readonly DailyMoney[], since: Temporal.PlainDate): CycleFigures {
  const cycle: CycleFigures = { since, bills: 0, billedCentavos: 0n, paidCentavos: 0n };
  for (const day of days) {
    if (Temporal.PlainDate.compare(day.on, since) < 0) continue;
    cycle.bills += day.bills;
    cycle.billedCentavos += day.billedCentavos;
    cycle.paidCentavos += day.paidCentavos;
  }
  return cycle;
}

/** The tenant's cycle day on or before a date. */
function cycleStart(tenant: TenantRow, today: Temporal.PlainDate): Temporal.PlainDate {
  const month = today.day >= Math.min(tenant.cycle_day, today.daysInMonth)
    ? today
    : today.subtract({ months: 1 });
  return month.with({ day: Math.min(tenant.cycle_day, month.daysInMonth) });
}
