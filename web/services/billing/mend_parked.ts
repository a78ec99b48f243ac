import { later } from "@/shared/calendar/mod.ts";
import { type Coded, coded, parseCoded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { type Mendable, whatToMend } from "@/web/domain/billing/mod.ts";
import { insertNeverBilled } from "@/web/store/billing/charged_periods.ts";
import { findChargedSpan, updateMended } from "@/web/store/billing/decided_days.ts";
import { type DecisionRow, listDecisions } from "@/web/store/billing/parked_bills.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription, type SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { type BillRunResult, issueBills, type IssueBillsCode } from "./issue_bills.ts";

/** Why nothing is mended. */
export type MendParkedCode =
  | "subscription_not_found"
  | "not_parked"
  | "plan_not_found"
  | "mend_day_outside"
  | IssueBillsCode;

/** How far back a connection may begin to be billed: more periods at once are not billed. */
const YEARS_BACK = 3;

/** What is wrong about a connection that no run can bill, and which values would do. */
export interface Mend {
  what: Mendable;
  /** The value that it has now, or that is offered. */
  day: Temporal.PlainDate | null;
  from: Temporal.PlainDate;
  until: Temporal.PlainDate;
}

/** What can be mended; the days that would do follow from what is charged already. */
export async function mendOf(
  trx: TenantTransaction,
  connection: Pick<SubscriptionRow, "id" | "activated_on" | "billed_through_on">,
  { reason }: Pick<DecisionRow, "reason">,
  today: Temporal.PlainDate,
): Promise<Mend> {
  const span = await findChargedSpan(trx, connection.id);
  const billedThrough = connection.billed_through_on;
  const what = whatToMend(parseCoded(reason ?? "")?.code ?? null, billedThrough !== null || span !== null);
  const oldest = today.subtract({ years: YEARS_BACK });
  if (what === "standing" && span !== null) return { what, day: span.end, from: span.end, until: span.end };
  if (what === "begin") {
    const from = span?.end ?? billedThrough ?? oldest;
    return { what, day: later(from, oldest), from, until: later(from, today) };
  }
  // What is charged already begins with its first day.
  if (span !== null) return { what, day: span.start, from: span.start, until: span.start };
  const activated = connection.activated_on;
  const offered = activated === null ? null : later(activated, oldest);
  return { what, day: offered, from: oldest, until: today };
}

/** The value of the field that is wrong. */
export interface Mended {
  day?: Temporal.PlainDate | undefined;
  planId?: string | undefined;
}

/** Mends what is wrong about a parked connection, and tries to bill just this one. */
export async function mendParked(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: Mended & { subscriptionId: string },
): Promise<Result<BillRunResult, MendParkedCode>> {
  const mended = await runUseCase(context, tenantId, actor, (useCase) => mend(useCase, input));
  if (!mended.ok) return mended;
  return await billOne(context, tenantId, actor, input);
}

/** Bills one connection now, in a run of its own. */
export async function billOne(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { subscriptionId }: { subscriptionId: string },
): Promise<Result<BillRunResult, MendParkedCode>> {
  const open = await runUseCase<Temporal.PlainDate, MendParkedCode>(
    context,
    tenantId,
    actor,
    async ({ trx, business }) => {
      const [row] = await listDecisions(trx, [subscriptionId]);
      return row === undefined || row.reason === null ? err("not_parked") : ok(business.today);
    },
  );
  if (!open.ok) return open;
  return await issueBills(context, tenantId, actor, {
    businessOn: open.value,
    trigger: "manual",
    only: subscriptionId,
  });
}

async function mend(
  useCase: UseCase,
  input: Mended & { subscriptionId: string },
): Promise<Result<null, MendParkedCode>> {
  const { trx, business } = useCase;
  await lockSubscribersOf(trx, [input.subscriptionId]);
  const connection = await lockSubscription(trx, input.subscriptionId);
  if (connection === null) return err("subscription_not_found");
  const [row] = await listDecisions(trx, [connection.id]);
  if (row === undefined || row.reason === null) return err("not_parked");
  const { what, from, until } = await mendOf(trx, connection, row, business.today);
  if (what === "plan") return await mendPlan(useCase, connection, input.planId);
  const day = what === "standing" ? from : input.day;
  if (day === undefined || !isWithin(day, from, until)) return err("mend_day_outside", { from, until });
  const summary = await mendDay(useCase, connection, what, day);
  await auditSubscription(useCase, connection, "mended", summary, {
    what,
    activated_before: connection.activated_on?.toString() ?? null,
    billed_before: connection.billed_through_on?.toString() ?? null,
    stopped_from_before: connection.stopped_from_on?.toString() ?? null,
    stopped_at_before: connection.stopped_at?.toString() ?? null,
  });
  return ok(null);
}

async function mendPlan(
  useCase: UseCase,
  connection: SubscriptionRow,
  planId: string | undefined,
): Promise<Result<null, MendParkedCode>> {
  const plan = planId === undefined ? null : await findPlan(useCase.trx, planId);
  if (plan === null || plan.archived_at !== null) return err("plan_not_found");
  await updateMended(useCase.trx, connection.id, { plan_id: plan.id });
  await auditSubscription(useCase, connection, "mended", coded("audit_mended_plan", { plan: plan.name }), {
    what: "plan",
    plan_before: connection.plan_id,
  });
  return ok(null);
}

async function mendDay(
  { trx, at }: UseCase,
  connection: SubscriptionRow,
  what: Exclude<Mendable, "plan">,
  day: Temporal.PlainDate,
): Promise<Coded> {
  if (what === "activation") {
    await updateMended(trx, connection.id, { activated_on: day });
    return coded("audit_mended_activation", { on: day });
  }
  if (what === "begin") await passOver(trx, connection, day, at);
  await updateMended(trx, connection.id, {
    billed_through_on: day,
    ...(what === "begin" && { stopped_from_on: null, stopped_at: null }),
  });
  return coded(what === "begin" ? "audit_mended_begin" : "audit_mended_standing", { on: day });
}

/** The days up to the one from which it is billed are never billed: a person decided it. */
async function passOver(
  trx: TenantTransaction,
  connection: SubscriptionRow,
  day: Temporal.PlainDate,
  at: Temporal.Instant,
): Promise<void> {
  const from = (await findChargedSpan(trx, connection.id))?.end ?? connection.billed_through_on;
  if (from === null || Temporal.PlainDate.compare(from, day) >= 0) return;
  await insertNeverBilled(trx, [{
    subscription_id: connection.id,
    period_start: from.toString(),
    period_end: day.toString(),
    why: "decided",
    stopped_at: null,
  }], at);
}

function isWithin(day: Temporal.PlainDate, from: Temporal.PlainDate, until: Temporal.PlainDate): boolean {
  return Temporal.PlainDate.compare(day, from) >= 0 && Temporal.PlainDate.compare(day, until) <= 0;
}
