import type { Isp } from "@/tests/billing/isp.ts";
import { payRun } from "./pay_run.ts";
import { type BenchDatabase, timeBillRun } from "./scenarios/bill_run.ts";

/** What books have behind them: months of bills, most of them paid. */
export interface History {
  /** The first day that is billed; one run each month. */
  from: Temporal.PlainDate;
  months: number;
  /** Bills that each run issues. */
  bills: number;
}

/** Lives through some months: every run through the service, every payment as posting it would have left the books. */
export async function liveMonths(
  database: BenchDatabase,
  isp: Isp,
  { from, months, bills }: History,
): Promise<void> {
  for (let month = 0; month < months; month++) {
    const on = from.add({ months: month });
    const { runId } = await timeBillRun(isp, on, bills);
    await payRun(database, { tenantId: isp.tenantId, runId, on: on.add({ days: 3 }) });
  }
  await database.query("vacuum analyze");
}
