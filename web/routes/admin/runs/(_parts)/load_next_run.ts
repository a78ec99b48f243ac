import type { z } from "zod";
import { holdsText } from "@/shared/text/mod.ts";
import type { PageMoment } from "@/web/app/frame/page_context.ts";
import { isUnusual } from "@/web/domain/billing/mod.ts";
import type { nextRunQuery } from "@/web/route_table/tonight.ts";
import {
  type BillPreview,
  listRunsToCome,
  previewBills,
  type PreviewRow,
} from "@/web/services/billing/preview_bills.ts";
import type { DueDay } from "@/web/store/billing/bill_preview.ts";
import { listDecisions } from "@/web/store/billing/parked_bills.ts";
import { type LateFeesToCome, previewLateFees } from "@/web/services/billing/late_fees.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

type Query = z.output<typeof nextRunQuery>;

/** The run that is looked at, and the runs that come after it. */
export interface NextRun {
  /** Null: nothing will ever be due, there are no connections that are billed. */
  preview: BillPreview | null;
  days: DueDay[];
  /** Late fees that are charged by that day if nothing is paid before it. */
  fees: LateFeesToCome;
  /** The rows of the filter, in the order that was asked for. */
  rows: PreviewRow[];
  /** Connections whose bills need a decision. */
  decisions: number;
}

const DAYS_SHOWN = 5;
const SORTS: Readonly<Record<string, (a: PreviewRow, b: PreviewRow) => number>> = {
  name: (a, b) => compareTexts(a.name, b.name),
  amount: (a, b) => Number(a.totalCentavos - b.totalCentavos),
};

/** Plans the run of a day, or the next one that has anything to do. */
export async function loadNextRun(
  trx: TenantTransaction,
  { tenant, today, now }: PageMoment,
  query: Query,
): Promise<NextRun> {
  const days = await listRunsToCome(trx, today, DAYS_SHOWN);
  const [first] = days;
  const decisions = (await listDecisions(trx)).length;
  const businessOn = query.on ?? first?.day;
  if (businessOn === undefined || first === undefined) {
    return { preview: null, days, fees: await previewLateFees(trx, tenant, today), rows: [], decisions };
  }
  const preview = await previewBills(trx, tenant, { businessOn, today, at: now });
  const rows = sorted(preview.rows.filter((row) => matches(row, query)), query.sort);
  return { preview, days, fees: await previewLateFees(trx, tenant, businessOn), rows, decisions };
}

function matches({ anomalies, name, accountNumber, pppName }: PreviewRow, { show, q = "" }: Query): boolean {
  const isShown = show === undefined ||
    (show === "unusual" ? isUnusual(anomalies) : anomalies.includes(show));
  return isShown && [name, accountNumber, pppName].some((text) => holdsText(text, q));
}

/** What is odd comes first unless another order is asked for. */
function sorted(rows: PreviewRow[], sort: string | undefined): PreviewRow[] {
  const by = SORTS[sort?.replace(/^-/, "") ?? ""];
  const sign = sort?.startsWith("-") ? -1 : 1;
  const compare = by ?? ((a: PreviewRow, b: PreviewRow) => weight(b) - weight(a));
  return rows.toSorted((a, b) => sign * compare(a, b) || compareTexts(a.name, b.name));
}

function weight({ anomalies }: PreviewRow): number {
  if (isUnusual(anomalies)) return 2;
  return anomalies.length > 0 ? 1 : 0;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
