import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { useT } from "@/web/components/i18n.ts";
import { RadioCards, SelectField } from "@/web/components/SelectField.tsx";
import { TextField } from "@/web/components/TextField.tsx";
import type { NewConnectionView } from "./load_new.ts";
import { PPP_NAME_MAX } from "@/web/domain/network/limits.ts";

interface ConnectionFieldsProps {
  view: NewConnectionView;
  problems: Readonly<Record<string, string>>;
}

/** Plan, router, PPP secret and how the connection begins. */
export function ConnectionFields({ view, problems }: ConnectionFieldsProps) {
  const t = useT();
  const { values, plans, routers, suggestion, tenant } = view;
  return (
    <>
      <input type="hidden" name="once" value={values.once} />
      <div class="form-row">
        <SelectField
          name="plan"
          label={t("subscribers.plan")}
          required
          prompt={t("subscribers.choose_plan")}
          value={values.plan}
          error={problems.plan}
          options={plans.map((plan) => ({
            value: plan.id,
            label: `${plan.name} · ${formatPeso(centavos(plan.price_centavos))}`,
          }))}
        />
        <SelectField
          name="router"
          label={t("subscribers.router")}
          required
          prompt={t("subscribers.choose_router")}
          value={values.router}
          error={problems.router}
          options={routers}
        />
      </div>
      <RadioCards
        name="secret"
        label={t("subscribers.secret")}
        required
        row
        value={values.secret}
        error={problems.secret}
        options={[
          { value: "make", label: t("subscribers.secret_make"), note: t("subscribers.secret_make_note") },
          { value: "link", label: t("subscribers.secret_link"), note: t("subscribers.secret_link_note") },
        ]}
      />
      <TextField
        name="ppp"
        label={t("subscribers.ppp_user")}
        mono
        maxLength={PPP_NAME_MAX}
        value={values.ppp}
        error={problems.ppp}
        placeholder={suggestion}
        autocomplete="off"
        hint={t("subscribers.ppp_hint")}
      />
      <RadioCards
        name="activation"
        label={t("subscribers.begins")}
        required
        value={values.activation}
        error={problems.activation}
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
        name="billing"
        label={t("subscribers.billing_day")}
        required
        row
        value={values.billing}
        error={problems.billing}
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
        ]}
      />
    </>
  );
}
