import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { may } from "@/web/app/frame/page_context.ts";
import type { FormView } from "@/web/app/form/form_types.ts";
import { RadioCards, SelectField } from "@/web/components/form/SelectField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import type { Basket } from "./basket.tsx";
import type { NewConnectionView } from "./load_new.ts";

/** What the fields of a connection are called. */
export const CONNECTION_LABELS = {
  plan: "subscribers.plan",
  router: "subscribers.router",
  secret: "subscribers.secret",
  ppp: "subscribers.ppp_user",
  activation: "subscribers.begins",
  billing: "subscribers.billing_day",
  buys: "prepaid.first",
} as const;

interface ConnectionFieldsProps {
  form: Pick<FormView<unknown, keyof typeof CONNECTION_LABELS>, "field" | "t" | "state">;
  view: NewConnectionView;
}

/** Plan, router, PPP secret and how the connection begins. */
export function ConnectionFields({ form: { field, t, state }, view }: ConnectionFieldsProps) {
  const { values, plans, routers, suggestion, tenant } = view;
  return (
    <>
      <input type="hidden" name="once" value={values.once} />
      <div class="form-row">
        <SelectField
          {...field("plan")}
          prompt={t("subscribers.choose_plan")}
          options={plans.map((plan) => ({
            value: plan.id,
            label: `${plan.name} · ${formatPeso(centavos(plan.price_centavos))}`,
          }))}
        />
        <SelectField
          {...field("router")}
          prompt={t("subscribers.choose_router")}
          // One router is no choice.
          value={values.router}
          options={routers}
        />
      </div>
      <RadioCards
        {...field("secret")}
        row
        options={[
          { value: "make", label: t("subscribers.secret_make"), note: t("subscribers.secret_make_note") },
          { value: "link", label: t("subscribers.secret_link"), note: t("subscribers.secret_link_note") },
        ]}
      />
      <TextField
        {...field("ppp")}
        mono
        placeholder={suggestion}
        autocomplete="off"
        hint={t("subscribers.ppp_hint")}
      />
      <RadioCards
        {...field("activation")}
        options={[
          {
            value: "first_session",
            label: t("subscribers.begins_session"),
            note: t("subscribers.begins_session_note"),
          },
          { value: "day", label: t("subscribers.begins_today"), note: t("subscribers.begins_today_note") },
          { value: "by_hand", label: t("subscribers.begins_hand"), note: t("subscribers.begins_hand_note") },
        ]}
      />
      <RadioCards
        {...field("billing")}
        row
        options={[
          {
            value: "cycle",
            label: t("subscribers.billing_cycle", { day: tenant.cycle_day }),
            note: t("subscribers.billing_cycle_note"),
          },
          {
            value: "anniversary",
            label: t("subscribers.billing_own"),
            note: t("subscribers.billing_own_note"),
          },
          { value: "prepaid", label: t("prepaid.billing"), note: t("prepaid.billing_note") },
        ]}
      />
      <div id="first-purchase">
        {view.basket !== null && may(state, "payment:post") && (
          <FirstPurchase field={field} basket={view.basket} t={t} />
        )}
      </div>
    </>
  );
}

/** What a prepaid connection buys at once: with the prices and days of the page that buys. */
function FirstPurchase(
  { field, basket, t }: Pick<ConnectionFieldsProps["form"], "field" | "t"> & { basket: Basket },
) {
  return (
    <SelectField
      {...field("buys")}
      hint={t("prepaid.first_hint")}
      options={[
        { value: "", label: t("prepaid.first_later") },
        ...basket.choices.map((choice) => ({
          value: choice.key,
          label: t("prepaid.first_choice", {
            what: t(`prepaid.unit_${choice.unit}`, { n: choice.count }),
            price: formatPeso(choice.priceCentavos),
            until: formatDate(choice.until, t.locale),
          }),
        })),
      ]}
    />
  );
}
