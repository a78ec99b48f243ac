import { coded } from "@/shared/codes/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import {
  type ApprovalKindId,
  type ApprovalPolicy,
  COOLING_HOURS_MAX,
  type Decider,
  EXPIRE_DAYS_MAX,
  FROM_COUNT_MAX,
  isLooser,
  NO_APPROVAL,
  type SoleOwner,
} from "@/web/domain/approvals/mod.ts";
import {
  findSoleOwner,
  listPolicies,
  savePolicyRow,
  saveSoleOwnerRow,
} from "@/web/store/approvals/policies.ts";
import { updateEndApproval } from "@/web/store/settings/tenants.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { kindName } from "./close_request.ts";
import { findDecider } from "./people.ts";
import { kindOf } from "./registry.ts";

/** Why a policy stays as it is. */
export type PolicyCode =
  | "approval_policy_yours"
  | "approval_from_missing"
  | "approval_count_missing"
  | "approval_days_out_of_range"
  | "approval_hours_out_of_range";

/**
 * Sets when operations of a kind need an approval. Whom the policy binds cannot loosen it by themselves: only with the
 * permission to. Requests that wait already stay to be decided.
 */
export async function savePolicy(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { kind, policy }: { kind: ApprovalKindId; policy: ApprovalPolicy },
): Promise<Result<null, PolicyCode>> {
  const isCounted = kindOf(kind).hasCount === true;
  const isAbove = policy.mode === "above";
  if (isAbove && !isCounted && policy.fromCentavos === null) return err("approval_from_missing");
  if (isAbove && isCounted && !isWithin(policy.fromCount ?? 0, FROM_COUNT_MAX)) {
    return err("approval_count_missing", { max: FROM_COUNT_MAX });
  }
  if (!isWithin(policy.expireDays, EXPIRE_DAYS_MAX)) {
    return err("approval_days_out_of_range", { max: EXPIRE_DAYS_MAX });
  }
  const after = {
    ...policy,
    fromCentavos: isAbove && !isCounted ? policy.fromCentavos : null,
    fromCount: isAbove && isCounted ? policy.fromCount : null,
  };
  return await runUseCase<null, PolicyCode>(context, tenantId, actor, async (useCase) => {
    const { trx } = useCase;
    const before = (await listPolicies(trx)).get(kind) ?? NO_APPROVAL;
    const person = await findDecider(trx, actor);
    if (isLooser(before, after) && isBound(person, before, kind)) return err("approval_policy_yours");
    await savePolicyRow(trx, kind, after);
    // What an earlier release asks for, while both run.
    if (kind === "service_end") await updateEndApproval(trx, after.mode === "off" ? "off" : "on");
    await audit(
      useCase,
      "policy_set",
      summaryOf(kind, after),
      { kind, before, after },
    );
    return ok(null);
  });
}

function summaryOf(
  kind: ApprovalKindId,
  { mode, fromCentavos, fromCount, binds, expireDays: days }: ApprovalPolicy,
) {
  const what = kindName(kind);
  return fromCount === null
    ? coded("audit_approval_policy", { what, mode, from: centavos(fromCentavos ?? 0n), binds, days })
    : coded("audit_approval_policy_count", { what, count: fromCount, binds, days });
}

/** Sets what becomes of operations that nobody but their asker could approve. */
export async function saveSoleOwner(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { mode, coolingHours }: SoleOwner,
): Promise<Result<null, PolicyCode>> {
  if (!isWithin(coolingHours, COOLING_HOURS_MAX)) {
    return err("approval_hours_out_of_range", { max: COOLING_HOURS_MAX });
  }
  return await runUseCase<null, PolicyCode>(context, tenantId, actor, async (useCase) => {
    const { trx } = useCase;
    const before = await findSoleOwner(trx);
    const isLess = before.mode === "cooling_off" &&
      (mode === "at_once" || coolingHours < before.coolingHours);
    if (isLess && !mayLoosen(await findDecider(trx, actor))) return err("approval_policy_yours");
    await saveSoleOwnerRow(trx, { mode, coolingHours });
    await audit(
      useCase,
      "sole_owner_set",
      coded("audit_approval_sole_owner", { mode, hours: coolingHours }),
      { before, after: { mode, coolingHours } },
    );
    return ok(null);
  });
}

/** Whether a policy binds somebody who has not the right to loosen what binds them. Whoever is no person is bound. */
function isBound(person: Decider | null, policy: ApprovalPolicy, kind: ApprovalKindId): boolean {
  if (mayLoosen(person)) return false;
  const mayDecide = person !== null && person.access.permissions.has(kindOf(kind).decide.permission);
  return policy.binds === "everyone" || !mayDecide;
}

function mayLoosen(person: Decider | null): boolean {
  return person !== null && person.isActive && person.access.permissions.has("approval:policy");
}

function isWithin(count: number, max: number): boolean {
  return Number.isInteger(count) && count >= 1 && count <= max;
}

async function audit(
  { trx, actor, at, business }: UseCase,
  verb: string,
  summary: ReturnType<typeof coded>,
  details: Record<string, unknown>,
): Promise<void> {
  await recordAudit(trx, actor, {
    action: `approval.${verb}`,
    subjectKind: "tenant",
    subjectId: trx.tenantId,
    summary,
    details,
    at,
    businessOn: business.today,
  });
}
