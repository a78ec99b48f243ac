import { coded } from "@/shared/codes/mod.ts";
import { z } from "zod";
import { AMOUNT_MAX, type Centavos, centavos } from "@/shared/money/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { versionOf } from "@/shared/version.ts";
import type { LockInFee, OwnRules } from "@/web/domain/billing/mod.ts";
import {
  OWN_RULES_COLUMNS,
  type OwnRulesColumns,
  updateOwnRules,
  updatePlanRules,
} from "@/web/store/billing/own_rules.ts";
import { lockPlan } from "@/web/store/billing/plans.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { auditSubscription } from "../subscribers/audit_subscription.ts";
import { runUseCase } from "../use_case.ts";
import {
  checkOwnRules,
  type OwnRulesCode,
  policyBegins,
  toOwnRules,
  toOwnRulesColumns,
} from "./rule_levels.ts";

/** Why rules of a connection are not saved. */
export type AgreeRulesCode =
  | "subscription_not_found"
  | "lock_in_incomplete"
  | "payment_amount_too_large"
  | "row_changed"
  | OwnRulesCode;

/** Why rules of a plan are not saved. */
export type PlanRulesCode = "plan_not_found" | "row_changed" | OwnRulesCode;

/** Until when a subscriber promised to stay, and what leaving earlier costs. */
export interface AgreedLockIn {
  /** First day on which leaving costs nothing. */
  until: Temporal.PlainDate;
  kind: LockInFee["kind"];
  amountCentavos: Centavos;
}

/** Version of everything that the page of a connection's rules holds. */
export function connectionRulesVersion(row: OwnRulesColumns & LockInColumns): string {
  return ownRulesVersion(row) +
    versionOf(row, ["lock_in_until", "lock_in_fee_kind", "lock_in_fee_centavos"]);
}

/** Version of the rules that a plan or a connection has for itself. */
export function ownRulesVersion(row: OwnRulesColumns): string {
  return versionOf(row, OWN_RULES_COLUMNS);
}

/** Gives a connection rules of its own, or takes them away. Bills that are issued keep their dates. */
export async function agreeRules(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: {
    subscriptionId: string;
    rules: OwnRules;
    /** Null: none. */
    lockIn: AgreedLockIn | null;
    seen?: string | undefined;
  },
): Promise<Result<null, AgreeRulesCode>> {
  const wrong = checkOwnRules(input.rules) ?? checkLockIn(input.lockIn);
  if (wrong !== null) return wrong;
  return await runUseCase<null, AgreeRulesCode>(context, tenantId, actor, async (useCase) => {
    const { trx } = useCase;
    await lockSubscribersOf(trx, [input.subscriptionId]);
    const connection = await lockSubscription(trx, input.subscriptionId);
    if (connection === null || connection.status === "cancelled") return err("subscription_not_found");
    const before = connectionRulesVersion(connection);
    if (input.seen !== undefined && input.seen !== before) return err("row_changed");
    const columns = { ...toOwnRulesColumns(input.rules), ...toLockInColumns(input.lockIn) };
    if (connectionRulesVersion(columns) === before) return ok(null);
    const begins = policyBegins(connection, columns, useCase.business.today);
    await updateOwnRules(trx, connection.id, { ...columns, ...begins });
    await auditSubscription(
      useCase,
      connection,
      "rules_agreed",
      coded("audit_own_rules", { ppp: connection.ppp_name }),
      {
        ...plainOf(columns),
        lock_in_until: columns.lock_in_until?.toString() ?? null,
        lock_in_fee_centavos: columns.lock_in_fee_centavos?.toString() ?? null,
        before: keepRules(connection),
      },
    );
    return ok(null);
  });
}

/** The rules of a connection as text, for putting them back. */
function keepRules(row: OwnRulesColumns & LockInColumns): string {
  return JSON.stringify({
    ...plainOf(row),
    lock_in_until: row.lock_in_until?.toString() ?? null,
    lock_in_fee_kind: row.lock_in_fee_kind,
    lock_in_fee_centavos: row.lock_in_fee_centavos?.toString() ?? null,
  });
}

/** The same read back. */
export function rulesKept(text: string): { rules: OwnRules; lockIn: AgreedLockIn | null } {
  const kept = keptRules.parse(JSON.parse(text));
  const { lock_in_until: until, lock_in_fee_kind: kind, lock_in_fee_centavos: amount } = kept;
  return {
    rules: toOwnRules(kept as unknown as OwnRulesColumns),
    lockIn: until === null || kind === null || amount === null
      ? null
      : { until: Temporal.PlainDate.from(until), kind, amountCentavos: centavos(BigInt(amount)) },
  };
}

const amountKept = z.string().nullable().transform((text) => text === null ? null : BigInt(text));

const keptRules = z.looseObject({
  own_late_fee_centavos: amountKept,
  own_reconnection_fee_centavos: amountKept,
  lock_in_until: z.string().nullable(),
  lock_in_fee_kind: z.enum(["flat", "per_month"]).nullable(),
  lock_in_fee_centavos: z.string().nullable(),
});

interface LockInColumns {
  lock_in_until: Temporal.PlainDate | null;
  lock_in_fee_kind: LockInFee["kind"] | null;
  lock_in_fee_centavos: bigint | null;
}

function toLockInColumns(lockIn: AgreedLockIn | null): LockInColumns {
  return {
    lock_in_until: lockIn?.until ?? null,
    lock_in_fee_kind: lockIn?.kind ?? null,
    lock_in_fee_centavos: lockIn?.amountCentavos ?? null,
  };
}

function checkLockIn(
  lockIn: AgreedLockIn | null,
): Failure<"lock_in_incomplete" | "payment_amount_too_large"> | null {
  if (lockIn === null) return null;
  if (lockIn.amountCentavos <= 0n) return err("lock_in_incomplete");
  return lockIn.amountCentavos > AMOUNT_MAX ? err("payment_amount_too_large", { max: AMOUNT_MAX }) : null;
}

/** Amounts as text: details are JSON. */
function plainOf(columns: OwnRulesColumns): Record<string, string | number | null> {
  return Object.fromEntries(
    OWN_RULES_COLUMNS.map((
      name,
    ) => [name, typeof columns[name] === "bigint" ? `${columns[name]}` : columns[name]]),
  ) as Record<string, string | number | null>;
}

/** The same for a plan: they hold for all its connections that have none of their own. */
export async function agreePlanRules(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { planId: string; rules: OwnRules; seen?: string | undefined },
): Promise<Result<null, PlanRulesCode>> {
  const wrong = checkOwnRules(input.rules);
  if (wrong !== null) return wrong;
  return await runUseCase<null, PlanRulesCode>(context, tenantId, actor, async (useCase) => {
    const { trx, at, business } = useCase;
    const plan = await lockPlan(trx, input.planId);
    if (plan === null || plan.archived_at !== null) return err("plan_not_found");
    const before = ownRulesVersion(plan);
    if (input.seen !== undefined && input.seen !== before) return err("row_changed");
    const columns = toOwnRulesColumns(input.rules);
    if (ownRulesVersion(columns) === before) return ok(null);
    await updatePlanRules(trx, plan.id, { ...columns, ...policyBegins(plan, columns, business.today) });
    await recordAudit(trx, useCase.actor, {
      action: "plan.rules_agreed",
      subjectKind: "plan",
      subjectId: plan.id,
      summary: coded("audit_plan_rules", { plan: plan.name }),
      details: plainOf(columns),
      at,
      businessOn: business.today,
    });
    return ok(null);
  });
}
