import { centavos, formatCentavosPlain, formatPeso } from "@/shared/money/mod.ts";
import { withAbout } from "@/web/app/frame/about.ts";
import { found, may } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { MoneyField } from "@/web/components/form/NumberField.tsx";
import { Checkbox, SelectField } from "@/web/components/form/SelectField.tsx";
import { PREPAID_DAYS, PREPAID_MAX } from "@/web/domain/billing/limits.ts";
import { type PrepaidUnit, priceOfUnit } from "@/web/domain/billing/mod.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { unitsForm } from "@/web/route_table/prepaid.ts";
import { savePrepaidUnits, unitsVersion } from "@/web/services/billing/save_prepaid_units.ts";
import { findOfferedPlan, type PlanListRow } from "@/web/store/billing/plans.ts";
import { listPrepaidUnits, type PrepaidUnitRow } from "@/web/store/billing/prepaid.ts";

type PlanUnits = PlanListRow & { units: PrepaidUnitRow[] };

const form = define.form({
  params: idParams,
  input: unitsForm,
  load: async (trx, { params }): Promise<PlanUnits> => {
    const plan = found(await findOfferedPlan(trx, params.id));
    return { ...plan, units: await listPrepaidUnits(trx, plan.id) };
  },
  permission: "plan:write",
  audit: "plan.prepaid_units",
  summary: "What a plan sells up front",
  title: ({ t, loaded: plan }) => t("prepaid.units_title", { name: plan.name }),
  windowTitle: ({ t }) => t("prepaid.units"),
  lead: ({ t, loaded: plan }) =>
    t("prepaid.units_lead", { price: formatPeso(centavos(plan.price_centavos)) }),
  back: ({ loaded: plan }) => ({ href: `/admin/plans/${plan.id}/edit`, label: plan.name }),
  actions: ({ t, state }) =>
    may(state, "settings:write") && (
      <LinkButton href="/admin/settings/prepaid">{t("prepaid.lapse_link")}</LinkButton>
    ),
  labels: {
    sell_1: "prepaid.days_1",
    sell_3: "prepaid.days_3",
    sell_7: "prepaid.days_7",
    sell_15: "prepaid.days_15",
    sell_30: "prepaid.days_30",
    price_1: "prepaid.own_price",
    price_3: "prepaid.own_price",
    price_7: "prepaid.own_price",
    price_15: "prepaid.own_price",
    price_30: "prepaid.own_price",
    months: "prepaid.months_sold",
  },
  values: valuesOf,
  edits: { subject: (plan) => plan.id, version: (plan) => unitsVersion(plan.units) },
  fields: ({ t, field, loaded: plan }) => (
    <>
      {PREPAID_DAYS.map((days) => (
        <div class="form-row" key={days}>
          <Checkbox {...field(`sell_${days}`)} value="on" checked={field(`sell_${days}`).value === "on"} />
          <MoneyField
            {...field(`price_${days}`)}
            hint={t("prepaid.own_price_hint", { price: formatPeso(worth(plan, days)), n: days })}
          />
        </div>
      ))}
      <SelectField
        {...field("months")}
        hint={t("prepaid.months_hint")}
        options={Array.from({ length: PREPAID_MAX.months + 1 }, (_, n) => ({
          value: String(n),
          label: t("prepaid.up_to_months", { n }),
        }))}
      />
    </>
  ),
  verb: ({ t }) => t("prepaid.units_save"),
  submit: (input, { call, seen, loaded: plan }) =>
    savePrepaidUnits(...call, { planId: plan.id, seen, units: unitsOf(input) }),
  done: (_value, { loaded: plan }) => withAbout("/admin/plans?done=prepaid", plan.id),
});

export default form.page;
export const { handler, route } = form;

function worth(plan: PlanListRow, days: number) {
  return priceOfUnit({ unit: "days", count: days, priceCentavos: null }, centavos(plan.price_centavos));
}

function valuesOf({ units }: PlanUnits) {
  const months = units.filter(({ unit }) => unit === "months").length;
  const fields = PREPAID_DAYS.flatMap((days) => {
    const sold = units.find(({ unit, count }) => unit === "days" && count === days);
    const price = sold?.price_centavos ?? null;
    return [
      [`sell_${days}`, sold === undefined ? "" : "on"],
      [`price_${days}`, price === null ? "" : formatCentavosPlain(centavos(price))],
    ];
  });
  return { ...Object.fromEntries(fields), months: String(months) };
}

function unitsOf(input: ReturnType<typeof unitsForm.parse>): PrepaidUnit[] {
  const days = PREPAID_DAYS.filter((count) => input[`sell_${count}`] === "on").map((count) => ({
    unit: "days" as const,
    count,
    priceCentavos: input[`price_${count}`],
  }));
  const months = Array.from({ length: input.months }, (_, i) => ({
    unit: "months" as const,
    count: i + 1,
    priceCentavos: null,
  }));
  return [...days, ...months];
}
