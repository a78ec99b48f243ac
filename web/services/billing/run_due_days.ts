import { earlier, localDate } from "@/shared/calendar/mod.ts";
import { ok, type Result } from "@/shared/result.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { findLastFinishedDay } from "@/web/store/billing/runs.ts";
import { getTenant, type TenantRow } from "@/web/store/settings/tenants.ts";
import { creditOutagesOfDay } from "./credit_outages.ts";
import { applyPlanChanges } from "./apply_plan_changes.ts";
import { type BusinessMoment, businessNow } from "../business_clock.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { closeMissedCut } from "../cuts/close_missed_cut.ts";
import { executeCutRun } from "../cuts/execute_cut_run.ts";
import { type ChargedLateFees, chargeLateFees, NO_FEES } from "./charge_late_fees.ts";
import { type BillRunResult, issueBills } from "./issue_bills.ts";
import { makeModeChanges } from "./mode_days.ts";
import { makePayerChanges } from "./payer_days.ts";
import { renewPrepaidOf } from "./renew_prepaid.ts";
import { makeServiceEnds } from "../subscribers/make_service_ends.ts";
import { queueReminders } from "../mail/queue_reminders.ts";
import { planCutRun } from "../cuts/plan_cut_run.ts";
import { restoreCovered } from "../cuts/restore_covered.ts";

/** What happened on one business day. */
export interface DayReport {
  businessOn: Temporal.PlainDate;
  /** Null: its hour has not come, or it waits for a person, as do the bills of the days after it. */
  bill: BillRunResult | null;
  /** Late fees that were charged. */
  fees: ChargedLateFees;
  cut: {
    runId: string;
    listed: number;
    state: "planned" | "awaiting_approval" | "done" | "superseded";
    cut: number;
    kept: number;
  } | null;
}

/** Business time from which a day's bills are issued and its list is made (billing rule 5). */
export const BILL_TIME = Temporal.PlainTime.from("00:05");

/**
 * Runs everything that is due, day by day, from the first day that is not finished up to now (rule R7): from 00:05 bills
 * and the list, with late fees, outage credit, what renews itself and what is paid ahead between them, the cut at the
 * tenant's hour. Bills of days that were missed are issued late; their cuts are not made up for. Asked every minute by
 * the scheduler and at every step of the time machine; asking again, twice at once, or after a kill does nothing twice.
 * While the clock is doubted no day is run.
 */
export async function runDueDays(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
): Promise<Result<DayReport[], never>> {
  const { tenant, first, moment } = await withTenant(context.db, tenantId, async (trx) => {
    const tenant = await getTenant(trx);
    const moment = businessNow(tenant, context.clock);
    const bills = await findLastFinishedDay(trx, "bill");
    const cuts = await findLastFinishedDay(trx, "cut");
    return { tenant, moment, first: firstUnfinishedDay(tenant, bills, cuts, moment.today) };
  });
  const reports: DayReport[] = [];
  let day = first;
  let billsWait = false;
  while (Temporal.PlainDate.compare(day, moment.today) <= 0) {
    const report = await runDay(context, tenant, actor, { day, moment, billsWait });
    if (report === "clock_doubted") break;
    reports.push(report);
    // Bills are issued day after day: a later run would issue what waits.
    if (report.bill === null) billsWait = true;
    day = day.add({ days: 1 });
  }
  return ok(reports);
}

function firstUnfinishedDay(
  tenant: TenantRow,
  bills: Temporal.PlainDate | null,
  cuts: Temporal.PlainDate | null,
  today: Temporal.PlainDate,
): Temporal.PlainDate {
  if (bills === null || cuts === null) {
    const known = bills ?? cuts;
    if (known !== null) return earlier(known, today);
    return earlier(localDate(tenant.created_at, tenant.time_zone), today);
  }
  return earlier(bills, cuts).add({ days: 1 });
}

async function runDay(
  context: ServiceContext,
  tenant: TenantRow,
  actor: Actor,
  { day, moment, billsWait }: { day: Temporal.PlainDate; moment: BusinessMoment; billsWait: boolean },
): Promise<DayReport | "clock_doubted"> {
  const isPast = Temporal.PlainDate.compare(day, moment.today) < 0;
  const isAfter = (time: Temporal.PlainTime) => isPast || Temporal.PlainTime.compare(moment.time, time) >= 0;
  if (!isAfter(BILL_TIME)) return { businessOn: day, bill: null, fees: NO_FEES, cut: null };
  const modes = await makeModeChanges(context, tenant.id, actor, { businessOn: day });
  if (!modes.ok) return modes.code;
  const ends = await makeServiceEnds(context, tenant.id, actor, { businessOn: day });
  if (!ends.ok) return ends.code;
  const payers = await makePayerChanges(context, tenant.id, actor, { businessOn: day });
  if (!payers.ok) return payers.code;
  const bill = billsWait ? null : await billsOf(context, tenant.id, actor, day);
  if (bill === "clock_doubted") return bill;
  const fees = await chargeLateFees(context, tenant.id, actor, { businessOn: day });
  if (!fees.ok) return fees.code;
  const credited = await creditOutagesOfDay(context, tenant.id, actor, { businessOn: day });
  if (!credited.ok) return credited.code;
  const changes = await applyPlanChanges(context, tenant.id, actor, { businessOn: day });
  if (!changes.ok) return changes.code;
  const renewed = await renewPrepaidOf(context, tenant.id, actor, { businessOn: day });
  if (!renewed.ok) return renewed.code;
  if (isPast) {
    const cut = await missCut(context, tenant.id, actor, day);
    return cut === "clock_doubted" ? cut : { businessOn: day, bill, fees: fees.value, cut };
  }
  await restoreCovered(context, tenant.id, actor);
  await queueReminders(context, tenant.id, actor, { businessOn: day });
  const plan = await planCutRun(context, tenant.id, actor, { businessOn: day, trigger: "scheduled" });
  if (!plan.ok) return stopDay(day, plan.code);
  const cut = await runCut(
    context,
    tenant.id,
    actor,
    plan.value,
    isAfter(Temporal.PlainTime.from(tenant.cut_time)),
  );
  return cut === "clock_doubted" ? cut : { businessOn: day, bill, fees: fees.value, cut };
}

/** Null while they wait for a person. */
async function billsOf(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  day: Temporal.PlainDate,
): Promise<BillRunResult | "clock_doubted" | null> {
  const run = await issueBills(context, tenantId, actor, { businessOn: day, trigger: "scheduled" });
  if (run.ok) return run.value;
  return run.code === "bills_await_approval" ? null : stopDay(day, run.code);
}

function stopDay(day: Temporal.PlainDate, code: "date_in_future" | "clock_doubted"): "clock_doubted" {
  if (code === "clock_doubted") return code;
  throw new Error(`Cannot run ${day}: it has not come yet`);
}

async function missCut(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  day: Temporal.PlainDate,
): Promise<NonNullable<DayReport["cut"]> | "clock_doubted"> {
  const run = await closeMissedCut(context, tenantId, actor, { businessOn: day });
  if (!run.ok) return run.code;
  const { id: runId, total: listed, changed: cut, skipped: kept, status } = run.value;
  return { runId, listed, cut, kept, state: status === "done" ? "done" : "superseded" };
}

async function runCut(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  plan: { runId: string; rows: number; brake: { trips: boolean } },
  isDue: boolean,
): Promise<NonNullable<DayReport["cut"]> | "clock_doubted"> {
  const listed = { runId: plan.runId, listed: plan.rows, cut: 0, kept: 0 };
  if (!isDue) return { ...listed, state: plan.brake.trips ? "awaiting_approval" : "planned" };
  const run = await executeCutRun(context, tenantId, actor, { runId: plan.runId });
  if (run.ok) return { ...listed, state: "done", cut: run.value.cut, kept: run.value.kept };
  if (run.code === "clock_doubted") return run.code;
  return { ...listed, state: run.code === "awaiting_approval" ? "awaiting_approval" : "superseded" };
}
