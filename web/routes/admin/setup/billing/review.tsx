import { page } from "fresh";
import { readInput } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { withPreset } from "@/web/domain/settings/mod.ts";
import { presetQuery } from "@/web/route_table/settings.ts";
import { billingSettingsOf } from "@/web/store/settings/settings.ts";
import { momentOf } from "@/web/app/frame/page_context.ts";
import { loadReview, ReviewCards } from "../../settings/(_parts)/review.tsx";
import { RulesCard } from "../../settings/(_parts)/RulesCard.tsx";
import { loadSetup, SetupFrame } from "../(_parts)/SetupFrame.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

export default define.page<typeof handler>(function SetupBillingReviewPage({ data, state }) {
  const { review, facts } = data;
  return (
    <SetupFrame step="billing" facts={facts} state={state}>
      <RulesCard
        title={state.t("settings.rules_then")}
        settings={review.after}
        today={review.today}
        state={state}
      />
      <ReviewCards review={review} state={state} from="setup" backHref="/admin/setup/billing" />
    </SetupFrame>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "settings:write",
    input: presetQuery,
    summary: "Set-up: what the chosen rules will do",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { state } = ctx;
    // A mangled address goes back to the choice.
    if (state.inputProblems !== null) return ctx.redirect("/admin/setup/billing", 303);
    const { preset, revision } = readInput(state, presetQuery);
    const saved = billingSettingsOf(momentOf(state).tenant);
    const after = preset === "keep" ? saved : withPreset(saved, preset);
    return page({
      facts: await loadSetup(state, "billing"),
      review: await loadReview(state, after, { revision, isUndone: true }),
    });
  },
});
