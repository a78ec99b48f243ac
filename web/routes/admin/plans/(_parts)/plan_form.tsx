import type { ComponentChildren } from "preact";
import { z } from "zod";
import type { FormView } from "@/web/app/form/form_types.ts";
import { MoneyField } from "@/web/components/form/NumberField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { planFieldsForm } from "@/web/route_table/prices.ts";

/** What the forms of a new plan and of an old one share. */
export const planForm = {
  input: z.object(planFieldsForm),
  labels: {
    name: "tables.name",
    price: "plans.price",
    profile: "tables.profile",
    speed: "tables.speed",
  },
  at: {
    name_required: "name",
    name_taken: "name",
    price_out_of_range: "price",
    profile_reads_as_id: "profile",
  },
} as const;

/** The plan that a form describes. */
export function planOf({ name, price, profile, speed }: z.output<typeof planForm.input>) {
  return { name, priceCentavos: price, pppProfile: profile, speed };
}

type PlanView = Pick<FormView<unknown, keyof typeof planForm.labels>, "field" | "t">;

/** The fields of a plan. `users` is how many connections are on it; `priceDay` says from when a new price counts. */
export function planFields({ field, t }: PlanView, users: number | null, priceDay?: ComponentChildren) {
  return (
    <>
      <TextField {...field("name")} hint={t("plans.name_hint")} autofocus />
      <MoneyField
        {...field("price")}
        hint={t(users === null ? "plans.price_hint" : "plans.price_hint_edit")}
      />
      {priceDay}
      <div class="form-row">
        <TextField
          {...field("profile")}
          mono
          hint={users ? t("plans.profile_hint_edit", { n: users }) : t("plans.profile_hint")}
        />
        <TextField {...field("speed")} hint={t("plans.speed_hint")} />
      </div>
    </>
  );
}
