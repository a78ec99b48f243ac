import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { MoneyField } from "@/web/components/form/NumberField.tsx";
import { SelectField } from "@/web/components/form/SelectField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import type { PlanListRow } from "@/web/store/billing/plans.ts";
import type { ImportView, ProfileRow } from "./load_import.ts";
import { answerOf } from "./review_answers.ts";
import { PLAN_MAX } from "@/web/domain/billing/limits.ts";

/** One line a profile: which plan its secrets get. The fields of a new plan show when New plan is chosen. */
export function ProfileRows({ view }: { view: ImportView }) {
  return (
    <div class="profiles">
      {view.loaded.profiles.map((profile, at) => (
        <ProfileLine key={profile.profile} view={view} profile={profile} at={at} />
      ))}
    </div>
  );
}

interface LineProps {
  view: ImportView;
  profile: ProfileRow;
  at: number;
}

function ProfileLine({ view, profile, at }: LineProps) {
  const answer = answerOf(view, profile, at);
  const { t, problems } = view;
  const isSuggestedPlan = answer.isSuggested && answer.choice !== "new";
  return (
    <div class="profile">
      <input type="hidden" name={`profile.${at}`} value={profile.profile} />
      <div class="profile-name">
        <b class="mono">{profile.profile}</b>
        <div class="note">
          {t("import.secrets", { n: profile.secrets })}
          {profile.rate_limit && ` · ${profile.rate_limit}`}
          {profile.disabled > 0 && ` · ${t("import.n_disabled", { n: profile.disabled })}`}
        </div>
      </div>
      <SelectField
        name={`choice.${at}`}
        label={t("tables.plan")}
        prompt={t("import.choose")}
        value={answer.choice}
        error={problems[`choice.${at}`]}
        hint={isSuggestedPlan ? t("import.suggested") : undefined}
        required={false}
        options={[
          ...view.loaded.plans.filter((plan) => fits(plan, profile)).map((plan) => ({
            value: plan.id,
            label: `${plan.name}, ${formatPeso(centavos(plan.price_centavos))}`,
          })),
          { value: "new", label: t("tables.plan_field") },
          { value: "skip", label: t("import.leave_out") },
        ]}
      />
      <div class="profile-new">
        <TextField
          name={`plan.${at}`}
          label={t("import.plan_name")}
          value={answer.planName}
          error={problems[`plan.${at}`]}
          maxLength={PLAN_MAX.name}
          required={false}
        />
        <MoneyField
          name={`price.${at}`}
          label={t("import.price_month")}
          value={answer.price}
          error={problems[`price.${at}`]}
          required={false}
        />
      </div>
    </div>
  );
}

/** A plan that sets another profile would change the router, and an import never does. */
function fits(plan: PlanListRow, profile: ProfileRow): boolean {
  return plan.ppp_profile === null || plan.ppp_profile === profile.profile;
}
