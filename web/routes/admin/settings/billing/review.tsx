import { page } from "fresh";
import { readInput } from "@/web/app/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { billingForm } from "@/web/route_table/settings.ts";
import { billingSettingsOf } from "@/web/store/settings/settings.ts";
import { momentOf } from "@/web/app/page_context.ts";
import { type BillingFields, impossibleFields, type Problems, toSettings } from "../(_parts)/billing_form.ts";
import { BillingForm } from "../(_parts)/BillingForm.tsx";
import { loadReview, type Review, ReviewCards } from "../(_parts)/review.tsx";
import { RulesCard, sayRules } from "../(_parts)/RulesCard.tsx";
import { sayProblems } from "@/web/app/say.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

interface ReviewData {
  review: Review | null;
  fields: BillingFields;
  problems: Problems;
}

export default define.page<typeof handler>(function ReviewPage({ data, state }) {
  const { t } = state;
  const { review } = data;
  return (
    <>
      <PageHeader
        title={t(review === null ? "settings.section_billing" : "settings.review_title")}
        back={{ href: "/admin/settings/billing", label: t("settings.section_billing") }}
        lead={review === null ? undefined : t("settings.review_lead")}
      />
      {review === null
        ? (
          <BillingForm
            fields={data.fields}
            problems={data.problems}
            state={state}
            said={sayRules(state, billingSettingsOf(momentOf(state).tenant))}
          />
        )
        : (
          <>
            <ReviewCards review={review} state={state} />
            <RulesCard
              title={t("settings.rules_then")}
              settings={review.after}
              today={review.today}
              state={state}
            />
          </>
        )}
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "settings:write",
    input: billingForm,
    summary: "What a change of the billing rules will do",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { state } = ctx;
    state.title = state.t("settings.review_title");
    // Without a form there is nothing to look at.
    if (state.inputValues.revision === undefined) return ctx.redirect("/admin/settings/billing", 303);
    if (state.inputProblems !== null) return refuse(state, state.inputProblems);
    const form = readInput(state, billingForm);
    const settings = toSettings(form);
    const problems = impossibleFields(state, settings);
    if (Object.keys(problems).length > 0) return refuse(state, problems);
    return page<ReviewData>({
      review: await loadReview(state, settings, form.revision),
      fields: {},
      problems: {},
    });
  },
});

function refuse(state: AppState, problems: Problems) {
  const data: ReviewData = {
    review: null,
    fields: state.inputValues,
    problems: sayProblems(state.t, problems),
  };
  return page<ReviewData>(data, { status: 422 });
}
