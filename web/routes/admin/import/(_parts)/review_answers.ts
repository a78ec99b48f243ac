import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import { importRulesOf, suggestFirstBill, suggestPlan, suggestPlanName } from "@/web/domain/imports/mod.ts";
import { typed } from "@/web/app/frame/page_context.ts";
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
export function answerOf(view: ImportView, state: AppState, profile: ProfileRow, at: number): ShownAnswer {
  const newName = suggestPlanName(profile.profile);
  if (state.inputValues[`profile.${at}`] === profile.profile) {
    return {
      choice: typed(state, `choice.${at}`),
      planName: typed(state, `plan.${at}`),
      price: typed(state, `price.${at}`),
      isSuggested: false,
    };
  }
  const saved = view.settings.profiles.find((one) => one.profile === profile.profile);
  const empty = { planName: newName, price: "", isSuggested: false };
  if (saved !== undefined) {
    if ("planId" in saved) return { ...empty, choice: saved.planId };
    if ("skip" in saved) return { ...empty, choice: "skip" };
    const { name, priceCentavos } = saved.newPlan;
    return { ...empty, choice: "new", planName: name, price: formatCentavosPlain(centavos(priceCentavos)) };
  }
  if (view.batch.first_bill_on !== null) return { ...empty, choice: "" };
  const planId = suggestPlan(
    { name: profile.profile, rateLimit: profile.rate_limit },
    view.plans.map((plan) => ({
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
export function suggestedFirstBill(view: Pick<ImportView, "moment" | "batch">): Temporal.PlainDate {
  const { today, tenant } = view.moment;
  return view.batch.first_bill_on ?? suggestFirstBill(importRulesOf(tenant), today);
}
