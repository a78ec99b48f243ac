import { formatCentavosPlain } from "@/shared/money/mod.ts";
import type { z } from "zod";
import type { AppState } from "@/web/app/state.ts";
import { type BillingSettings, findImpossible } from "@/web/domain/settings/mod.ts";
import type { billingForm } from "@/web/route_table/settings.ts";
import { say } from "@/web/app/say.ts";

/** Fields of the form as text; weekdays are several. */
export type BillingFields = Record<string, string | string[]>;

/** What is wrong, by field; `""` is the form as a whole. */
export type Problems = Record<string, string>;

/** The form of settings. */
export function toFields(settings: BillingSettings, revision: number): BillingFields {
  const { blackoutWeekdays, blackoutDates, minBalanceCentavos, ...rest } = settings;
  return {
    revision: String(revision),
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
    minBalance: formatCentavosPlain(minBalanceCentavos),
    blackoutWeekdays: blackoutWeekdays.map(String),
    blackoutDates: blackoutDates.map(String).join("\n"),
  };
}

/** The settings that a form asks for. */
export function toSettings(form: z.infer<typeof billingForm>): BillingSettings {
  const { minBalance, revision: _revision, from: _from, cutTime, ...rest } = form;
  return { ...rest, cutTime: cutTime.slice(0, 5), minBalanceCentavos: minBalance };
}

/** Why settings cannot be, by field, in the reader's language. */
export function impossibleFields(state: AppState, settings: BillingSettings): Problems {
  const problems: Problems = {};
  for (const { setting, ...sentence } of findImpossible(settings)) {
    const field = setting === "minBalanceCentavos" ? "minBalance" : setting;
    problems[field] ??= say(state.t, sentence);
  }
  return problems;
}

/** One value of a field. */
export function fieldText(fields: BillingFields, name: string): string {
  return [fields[name] ?? ""].flat()[0] ?? "";
}
