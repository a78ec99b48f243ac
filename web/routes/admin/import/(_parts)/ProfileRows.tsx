import { centavos, formatPeso } from "@/shared/money/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import { MoneyField } from "@/web/components/NumberField.tsx";
import { SelectField } from "@/web/components/SelectField.tsx";
import { TextField } from "@/web/components/TextField.tsx";
import { formatPlural } from "@/web/format.ts";
import type { PlanListRow } from "@/web/store/plans.ts";
import type { ImportView, ProfileRow } from "./load_import.ts";
import { answerOf } from "./review_answers.ts";

/** One line a profile: which plan its secrets get. The fields of a new plan show when New plan is chosen. */
export function ProfileRows({ view, state }: { view: ImportView; state: AppState }) {
  return (
    <div class="profiles">
      {view.profiles.map((profile, at) => (
        <ProfileLine key={profile.profile} view={view} state={state} profile={profile} at={at} />
      ))}
    </div>
  );
}

interface LineProps {
  view: ImportView;
  state: AppState;
  profile: ProfileRow;
  at: number;
}

function ProfileLine({ view, state, profile, at }: LineProps) {
  const answer = answerOf(view, state, profile, at);
  const { problems } = view;
  const isSuggestedPlan = answer.isSuggested && answer.choice !== "new";
  return (
    <div class="profile">
      <input type="hidden" name={`profile.${at}`} value={profile.profile} />
      <div class="profile-name">
        <b class="mono">{profile.profile}</b>
        <div class="note">
          {formatPlural(profile.secrets, "secret")}
          {profile.rate_limit && ` · ${profile.rate_limit}`}
          {profile.disabled > 0 && ` · ${profile.disabled} disabled`}
        </div>
      </div>
      <SelectField
        name={`choice.${at}`}
        label="Plan"
        prompt="Choose"
        value={answer.choice}
        error={problems[`choice.${at}`]}
        hint={isSuggestedPlan ? "Suggested by name or speed." : undefined}
        required={false}
        options={[
          ...view.plans.filter((plan) => fits(plan, profile)).map((plan) => ({
            value: plan.id,
            label: `${plan.name}, ${formatPeso(centavos(plan.price_centavos))}`,
          })),
          { value: "new", label: "New plan" },
          { value: "skip", label: "Leave out" },
        ]}
      />
      <div class="profile-new">
        <TextField
          name={`plan.${at}`}
          label="Name of the plan"
          value={answer.planName}
          error={problems[`plan.${at}`]}
          maxLength={80}
          required={false}
        />
        <MoneyField
          name={`price.${at}`}
          label="Price a month"
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
