import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { importRulesOf, suggestFirstBill, suggestPlan, suggestPlanName } from "@/web/domain/imports/mod.ts";
import { type PageMoment, typed } from "@/web/app/frame/page_context.ts";
import type { ImportBatchRow } from "@/web/store/imports/import_batches.ts";
import type { ImportView, ProfileRow } from "./load_import.ts";

/** What the form shows for one profile. */
export interface ShownAnswer {
  /** A plan's id, `new`, `skip`, or empty. */
  choice: string;
  planName: string;
  price: string;
  isSuggested: boolean;
}

/** What was typed, else what was saved, else a suggestion. */
export function answerOf({ state, loaded }: ImportView, profile: ProfileRow, at: number): ShownAnswer {
  const newName = suggestPlanName(profile.profile);
  if (state.inputValues[`profile.${at}`] === profile.profile) {
    return {
      choice: typed(state, `choice.${at}`),
      planName: typed(state, `plan.${at}`),
      price: typed(state, `price.${at}`),
      isSuggested: false,
    };
  }
  const saved = loaded.settings.profiles.find((one) => one.profile === profile.profile);
  const empty = { planName: newName, price: "", isSuggested: false };
  if (saved !== undefined) {
    if ("planId" in saved) return { ...empty, choice: saved.planId };
    if ("skip" in saved) return { ...empty, choice: "skip" };
    const { name, priceCentavos } = saved.newPlan;
    return { ...empty, choice: "new", planName: name, price: formatCentavosPlain(centavos(priceCentavos)) };
  }
  if (loaded.batch.first_bill_on !== null) return { ...empty, choice: "" };
  const planId = suggestPlan(
    { name: profile.profile, rateLimit: profile.rate_limit },
    loaded.plans.map((plan) => ({
      id: plan.id,
      name: plan.name,
      pppProfile: plan.ppp_profile,
      speed: plan.speed,
    })),
  );
  if (planId !== null) return { ...empty, choice: planId, isSuggested: true };
  return { ...empty, choice: "new", isSuggested: true };
}

/** The first bill date that is offered: the next day on which the tenant bills. */
export function suggestedFirstBill(
  batch: Pick<ImportBatchRow, "first_bill_on">,
  { today, tenant }: PageMoment,
): Temporal.PlainDate {
  return batch.first_bill_on ?? suggestFirstBill(importRulesOf(tenant), today);
}
