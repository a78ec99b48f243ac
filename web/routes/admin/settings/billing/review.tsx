import { page } from "fresh";
import { partForm } from "@/web/app/form/form_view.ts";
import { markOpened, OPENED_FIELD, reconcile } from "@/web/app/form/opened.ts";
import { parseAgain, sentValues } from "@/web/app/form/sent_values.ts";
import { momentOf, typed } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { sayProblems } from "@/web/app/words/say.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { billingForm } from "@/web/route_table/settings.ts";
import { billingSettingsOf } from "@/web/store/settings/settings.ts";
import {
  BILLING_LABELS,
  impossibleFields,
  type Problems,
  savedFields,
  toSettings,
} from "../(_parts)/billing_form.ts";
import { BillingForm } from "../(_parts)/BillingForm.tsx";
import { loadReview, type Review, ReviewCards } from "../(_parts)/review.tsx";
import { RulesCard, sayRules } from "../(_parts)/RulesCard.tsx";

interface ReviewData {
  /** Null while the form has problems. */
  review: Review | null;
  from: "setup" | undefined;
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
      {review === null ? <FormAgain problems={data.problems} state={state} /> : (
        <>
          <ReviewCards review={review} state={state} from={data.from} />
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
    const refuse = (problems: Problems) =>
      page<ReviewData>(
        { review: null, from: undefined, problems: sayProblems(state.t, problems) },
        { status: 422 },
      );
    const sent = sentValues(state, Object.keys(billingForm.shape));
    const opened = typed(state, OPENED_FIELD);
    const { values, conflicts } = opened === ""
      ? { values: sent, conflicts: [] }
      : reconcile(opened, sent, savedFields(momentOf(state).tenant));
    // The revision tells a form that was opened before others saved; what they saved elsewhere is put in.
    const parsed = parseAgain(state, billingForm, sent, { ...values, revision: sent.revision ?? "" });
    if (!parsed.ok) return refuse(parsed.problems);
    const settings = toSettings(parsed.input);
    const problems = impossibleFields(state, settings);
    if (Object.keys(problems).length > 0) return refuse(problems);
    const isUndone = opened === "" || conflicts.length > 0;
    const review = await loadReview(state, settings, { revision: parsed.input.revision, isUndone });
    return page<ReviewData>({ review, from: parsed.input.from, problems: {} });
  },
});

/** The form with what was typed and what is wrong with it. */
function FormAgain({ problems, state }: { problems: Problems; state: AppState }) {
  const { tenant } = momentOf(state);
  return (
    <BillingForm
      view={partForm(state, { input: billingForm, labels: BILLING_LABELS, problems })}
      revision={typed(state, "revision")}
      opened={typed(state, OPENED_FIELD) || markOpened(savedFields(tenant))}
      from={typed(state, "from")}
      said={sayRules(state, billingSettingsOf(tenant))}
    />
  );
}
