import { type Coded, coded } from "@/shared/codes/mod.ts";
import { localDate } from "@/shared/calendar/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { type Centavos, centavos } from "@/shared/money/mod.ts";
import { readsAsId } from "@/shared/protocol/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { readableText } from "@/shared/text/mod.ts";
import { versionOf } from "@/shared/version.ts";
import { insertPlanPrice } from "@/web/store/billing/plan_prices.ts";
import {
  findPlanByName,
  insertPlan,
  lockPlan,
  type PlanFields,
  type PlanRow,
  updatePlan as updatePlanRow,
} from "@/web/store/billing/plans.ts";
import { listPlanSubscriptionIds } from "@/web/store/subscribers/subscriptions.ts";
import { refuseUnasked, type UnaskedCode } from "../approvals/refuse_unasked.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { refreshDesired } from "../network/desired_state.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { PLAN_MAX, PLAN_PRICE_DAYS_AHEAD_MAX } from "@/web/domain/billing/limits.ts";

/** A plan as a person enters it. */
export interface PlanInput {
  name: string;
  /** Price of a whole period. */
  priceCentavos: Centavos;
  /** PPP profile on the routers; null leaves the profile of each secret as it is. */
  pppProfile: string | null;
  /** For people, e.g. `50 Mbps`. */
  speed: string | null;
}

/** Version of what the office may set of a plan. */
export function planVersion(plan: PlanFields): string {
  return versionOf(plan, ["name", "price_centavos", "ppp_profile", "speed"]);
}

/** Why a plan is not saved. */
export type PlanCode =
  | "plan_not_found"
  | "name_required"
  | "name_taken"
  | "price_out_of_range"
  | "text_too_long"
  | "profile_reads_as_id"
  | "plan_in_use"
  | "row_changed"
  | "already_archived"
  | "price_day_in_past"
  | "price_day_too_far";

/** Adds a plan. */
export async function createPlan(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: PlanInput,
): Promise<Result<{ planId: string }, PlanCode>> {
  const fields = fieldsOf(input);
  if (!fields.ok) return fields;
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    if (await findPlanByName(useCase.trx, fields.value.name) !== null) return nameTaken(fields.value.name);
    const planId = uuidv7(useCase.at.epochMilliseconds);
    await insertPlan(useCase.trx, planId, fields.value, useCase.at);
    await audit(
      useCase,
      planId,
      "created",
      coded("audit_plan_added", { plan: fields.value.name, price: input.priceCentavos }),
    );
    return ok({ planId });
  });
}

/**
 * Changes a plan. A new price holds from the next period of each connection, or from the day that a person named; what has
 * been billed stays. A new profile goes to the routers at once.
 */
export async function updatePlan(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: PlanChange,
): Promise<Result<{ planId: string }, PlanCode | UnaskedCode>> {
  return await runUseCase<{ planId: string }, PlanCode | UnaskedCode>(
    context,
    tenantId,
    actor,
    async (useCase) => {
      const plan = await lockPlan(useCase.trx, input.planId);
      const kept = plan !== null && isNewPrice(plan, input)
        ? await refuseUnasked(useCase, "plan_price", {})
        : null;
      return kept ?? await updatePlanIn(useCase, input);
    },
  );
}

/** A plan as a person changes it. */
export interface PlanChange extends PlanInput {
  planId: string;
  /** Version of the plan as it was shown ({@linkcode planVersion}). */
  seen?: string | undefined;
  /** From when a new price holds. @default the next period of each connection */
  priceFromOn?: Temporal.PlainDate | null | undefined;
}

/** Whether a change of a plan is one of its price: the same price with a day of its own is agreed anew. */
export function isNewPrice(
  plan: Pick<PlanRow, "price_centavos">,
  { priceCentavos, priceFromOn = null }: Pick<PlanChange, "priceCentavos" | "priceFromOn">,
): boolean {
  return priceCentavos !== plan.price_centavos || priceFromOn !== null;
}

/** Changes a plan inside of another use case, which has written nothing. */
export async function updatePlanIn(
  useCase: UseCase,
  input: PlanChange,
): Promise<Result<{ planId: string }, PlanCode>> {
  const fields = fieldsOf(input);
  if (!fields.ok) return fields;
  const { trx, at } = useCase;
  const plan = await lockPlan(trx, input.planId);
  if (plan === null || plan.archived_at !== null) return err("plan_not_found");
  // A profile that its router holds in a code page is shown, and sent back, as it reads.
  const isProfileKept = plan.ppp_profile !== null &&
    readableText(plan.ppp_profile) === fields.value.ppp_profile;
  if (isProfileKept) fields.value.ppp_profile = plan.ppp_profile;
  if (input.seen !== undefined && input.seen !== planVersion(plan)) return err("row_changed");
  const priceFromOn = input.priceFromOn ?? null;
  const day = checkPriceDay(priceFromOn, useCase.business.today);
  if (!day.ok) return day;
  const twin = await findPlanByName(trx, fields.value.name);
  if (twin !== null && twin.id !== plan.id) return nameTaken(fields.value.name);
  await agreePrice(useCase, plan, fields.value, priceFromOn);
  if (plan.ppp_profile !== fields.value.ppp_profile) {
    const ids = await listPlanSubscriptionIds(trx, plan.id);
    useCase.touchRouters(await refreshDesired(trx, ids, { now: at }));
  }
  await audit(
    useCase,
    plan.id,
    "updated",
    priceFromOn === null
      ? coded("audit_plan_edited", {
        before: plan.name,
        beforePrice: centavos(plan.price_centavos),
        plan: fields.value.name,
        price: input.priceCentavos,
      })
      : coded("audit_plan_price_agreed", {
        plan: fields.value.name,
        before: centavos(plan.price_centavos),
        price: input.priceCentavos,
        from: priceFromOn,
      }),
  );
  return ok({ planId: plan.id });
}

/** A price counts from today or a day to come: what is over stays as it was. */
export function checkPriceDay(
  fromOn: Temporal.PlainDate | null,
  today: Temporal.PlainDate,
): Result<null, "price_day_in_past" | "price_day_too_far"> {
  if (fromOn === null) return ok(null);
  if (Temporal.PlainDate.compare(fromOn, today) < 0) return err("price_day_in_past", { from: today });
  const last = today.add({ days: PLAN_PRICE_DAYS_AHEAD_MAX });
  return Temporal.PlainDate.compare(fromOn, last) > 0 ? err("price_day_too_far", { last }) : ok(null);
}

/** Writes the fields, and a price that changed with its day. One of a day to come is not what the plan costs now. */
async function agreePrice(
  { trx, at, actor, business: { today }, tenant }: UseCase,
  plan: PlanRow,
  fields: PlanFields,
  fromOn: Temporal.PlainDate | null,
): Promise<void> {
  const isToCome = fromOn !== null && Temporal.PlainDate.compare(fromOn, today) > 0;
  const { price_centavos: wanted } = fields;
  await updatePlanRow(trx, plan.id, { ...fields, price_centavos: isToCome ? plan.price_centavos : wanted });
  if (wanted === plan.price_centavos && fromOn === null) return;
  await insertPlanPrice(
    trx,
    {
      plan_id: plan.id,
      id: uuidv7(at.epochMilliseconds),
      agreed_on: today,
      from_on: fromOn,
      price_centavos: wanted,
      agreed_at: at,
      agreed_by: actor.label,
    },
    {
      id: uuidv7(at.epochMilliseconds),
      created_at: plan.created_at,
      agreed_on: localDate(plan.created_at, tenant.time_zone),
      price_centavos: plan.price_centavos,
    },
  );
}

/** Takes a plan off the list. Its connections have to be moved first. */
export async function archivePlan(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { planId: string },
): Promise<Result<null, PlanCode>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const plan = await lockPlan(useCase.trx, input.planId);
    if (plan === null) return err("plan_not_found");
    if (plan.archived_at !== null) return err("already_archived", { name: plan.name });
    const used = (await listPlanSubscriptionIds(useCase.trx, plan.id)).length;
    if (used > 0) {
      return err("plan_in_use", { name: plan.name, count: used });
    }
    await updatePlanRow(useCase.trx, plan.id, { archived_at: useCase.at });
    await audit(useCase, plan.id, "archived", coded("audit_plan_archived", { plan: plan.name }));
    return ok(null);
  });
}

/** Puts an archived plan on the list again, unless its name was given to another one. */
export async function restorePlan(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { planId: string },
): Promise<Result<null, PlanCode>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const plan = await lockPlan(useCase.trx, input.planId);
    if (plan === null) return err("plan_not_found");
    if (plan.archived_at === null) return ok(null);
    if (await findPlanByName(useCase.trx, plan.name) !== null) return nameTaken(plan.name);
    await updatePlanRow(useCase.trx, plan.id, { archived_at: null });
    await audit(useCase, plan.id, "restored", coded("audit_plan_restored", { plan: plan.name }));
    return ok(null);
  });
}

/** A plan as it is stored, or what is wrong with it. */
export function fieldsOf(input: PlanInput): Result<PlanFields, PlanCode> {
  const name = input.name.trim();
  if (name === "") return err("name_required");
  const texts = [
    [name, PLAN_MAX.name],
    [input.pppProfile ?? "", PLAN_MAX.pppProfile],
    [input.speed ?? "", PLAN_MAX.speed],
  ] as const;
  for (const [text, max] of texts) {
    if (text.length > max) return err("text_too_long", { max });
  }
  if (readsAsId(input.pppProfile?.trim() ?? "")) return err("profile_reads_as_id");
  if (input.priceCentavos < 0n || input.priceCentavos > PLAN_MAX.priceCentavos) {
    return err("price_out_of_range", { max: PLAN_MAX.priceCentavos });
  }
  return ok({
    name,
    price_centavos: input.priceCentavos,
    ppp_profile: input.pppProfile?.trim() || null,
    speed: input.speed?.trim() || null,
  });
}

function nameTaken(name: string): Result<never, PlanCode> {
  return err("name_taken", { thing: "plan", name });
}

async function audit(
  { trx, at, actor, business }: UseCase,
  id: string,
  verb: string,
  summary: Coded,
): Promise<void> {
  await recordAudit(trx, actor, {
    action: `plan.${verb}`,
    subjectKind: "plan",
    subjectId: id,
    summary,
    at,
    businessOn: business.today,
  });
}
