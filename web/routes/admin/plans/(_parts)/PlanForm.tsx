import { Button, LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { Csrf } from "@/web/components/Csrf.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { useT } from "@/web/components/i18n.ts";
import { MoneyField } from "@/web/components/NumberField.tsx";
import { TextField } from "@/web/components/TextField.tsx";
import type { AppState } from "@/web/app/state.ts";
import type { PlanCode } from "@/web/services/billing/save_plan.ts";
import { typed } from "@/web/app/page_context.ts";
import { PLAN_MAX } from "@/web/domain/billing/limits.ts";

/** What stands in the fields of a plan. */
export interface PlanValues {
  name: string;
  price: string;
  profile: string;
  speed: string;
}

/** Field that each refusal is shown at. */
export const PLAN_FIELD: Record<PlanCode, string> = {
  plan_not_found: "",
  name_required: "name",
  name_taken: "name",
  price_out_of_range: "price",
  text_too_long: "",
  plan_in_use: "",
  already_archived: "",
};

/** Values as they were sent. */
export function typedPlan(state: AppState): PlanValues {
  return {
    name: typed(state, "name"),
    price: typed(state, "price"),
    profile: typed(state, "profile"),
    speed: typed(state, "speed"),
  };
}

interface PlanFormProps {
  action: string;
  csrfToken: string;
  verb: string;
  values: PlanValues;
  problems: Record<string, string>;
  /** Said at the price of a plan that is in use. */
  priceHint: string;
  profileHint: string;
}

/** The fields of a plan. */
export function PlanForm(props: PlanFormProps) {
  const { values, problems } = props;
  const t = useT();
  return (
    <Card>
      <form class="form" method="post" action={props.action}>
        <Csrf token={props.csrfToken} />
        <ErrorSummary errors={problems} />
        <TextField
          name="name"
          label={t("tables.name")}
          required
          value={values.name}
          error={problems.name}
          maxLength={PLAN_MAX.name}
          hint={t("plans.name_hint")}
          autofocus
        />
        <MoneyField
          name="price"
          label={t("plans.price")}
          required
          value={values.price}
          error={problems.price}
          hint={props.priceHint}
        />
        <div class="form-row">
          <TextField
            name="profile"
            label={t("tables.profile")}
            mono
            value={values.profile}
            error={problems.profile}
            maxLength={PLAN_MAX.pppProfile}
            hint={props.profileHint}
          />
          <TextField
            name="speed"
            label={t("tables.speed")}
            value={values.speed}
            error={problems.speed}
            maxLength={PLAN_MAX.speed}
            hint={t("plans.speed_hint")}
          />
        </div>
        <div class="form-actions">
          <Button kind="primary">{props.verb}</Button>
          <LinkButton href="/admin/plans">{t("states.go_back")}</LinkButton>
        </div>
      </form>
    </Card>
  );
}
