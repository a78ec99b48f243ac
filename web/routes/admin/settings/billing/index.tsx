import { page } from "fresh";
import { readInput, requireSession } from "@/web/app/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Button } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { type BillingSettings, presetOf, withPreset } from "@/web/domain/settings/mod.ts";
import { billingForm, billingQuery } from "@/web/route_table/settings.ts";
import { saveBillingSettings } from "@/web/services/settings/save_billing_settings.ts";
import { billingSettingsOf, lastSave } from "@/web/store/settings/settings.ts";
import { actorOf, may, momentOf } from "@/web/app/page_context.ts";
import {
  type BillingFields,
  impossibleFields,
  type Problems,
  toFields,
  toSettings,
} from "../(_parts)/billing_form.ts";
import { BillingForm } from "../(_parts)/BillingForm.tsx";
import { PresetCards } from "../(_parts)/PresetCards.tsx";
import { RulesCard, sayRules } from "../(_parts)/RulesCard.tsx";
import { sayProblems } from "@/web/app/say.ts";
import { SettingsFrame } from "../(_parts)/SettingsFrame.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

interface BillingData {
  fields: BillingFields;
  problems: Problems;
  /** What the form was filled with from a preset, for the picture. */
  shown: BillingSettings;
  isPreset: boolean;
  done: string | undefined;
}

export default define.page<typeof handler>(function BillingSettingsPage({ data, state }) {
  const { tenant, today, zone } = momentOf(state);
  const saved = billingSettingsOf(tenant);
  const { t } = state;
  return (
    <SettingsFrame
      section="billing"
      state={state}
      done={data.done}
      save={lastSave(tenant, "billing")}
      zone={zone}
    >
      <RulesCard
        title={t(data.isPreset ? "settings.rules_preset" : "settings.rules_now")}
        settings={data.shown}
        today={today}
        state={state}
      />
      {may(state, "settings:write") && (
        <>
          <Card title={t("settings.start_from")}>
            <form class="stack" method="get" action="/admin/settings/billing">
              <PresetCards settings={saved} today={today} value={presetOf(data.shown)} state={state} />
              <div class="form-actions">
                <Button>{t("settings.fill_in")}</Button>
              </div>
            </form>
          </Card>
          <BillingForm
            fields={data.fields}
            problems={data.problems}
            state={state}
            said={sayRules(state, data.shown)}
          />
        </>
      )}
    </SettingsFrame>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "settings:read",
    input: billingQuery,
    summary: "Billing rules",
  },
  POST: {
    audience: "staff",
    permission: "settings:write",
    input: billingForm,
    audit: "settings.billing_saved",
    summary: "Save the billing rules",
  },
};

export const handler = define.handlers({
  GET(ctx) {
    const { state } = ctx;
    const { preset, done } = readInput(state, billingQuery);
    const { tenant } = momentOf(state);
    state.title = state.t("settings.section_billing");
    const saved = billingSettingsOf(tenant);
    const shown = preset === undefined ? saved : withPreset(saved, preset);
    // From the review, to change some more: the address carries the form.
    const isCarried = state.inputValues.cycleAnchor !== undefined;
    const fields = toFields(shown, revisionOf(state));
    return page<BillingData>({
      fields: isCarried ? { ...fields, ...state.inputValues, revision: fields.revision ?? "0" } : fields,
      problems: {},
      shown,
      isPreset: preset !== undefined,
      done,
    });
  },
  async POST(ctx) {
    const { state } = ctx;
    if (state.inputProblems !== null) return refuse(state, state.inputProblems, 422);
    const form = readInput(state, billingForm);
    const settings = toSettings(form);
    const problems = impossibleFields(state, settings);
    if (Object.keys(problems).length > 0) return refuse(state, problems, 422);
    const result = await saveBillingSettings(state.services, requireSession(state).tenantId, actorOf(state), {
      revision: form.revision,
      settings,
    });
    if (!result.ok) {
      const name = lastSave(momentOf(state).tenant, "billing")?.by ?? "";
      return refuse(state, { "": state.t("settings.changed_meanwhile", { name }) }, 409);
    }
    if (form.from === "setup") return ctx.redirect("/admin/setup/router", 303);
    const done = result.value.changed.length === 0 ? "unchanged" : "saved";
    return ctx.redirect(`/admin/settings/billing?done=${done}`, 303);
  },
});

/** The form again with what was typed; its revision is today's, since the review shows what differs from it. */
function refuse(state: AppState, problems: Problems, status: 409 | 422) {
  const shown = billingSettingsOf(momentOf(state).tenant);
  state.title = state.t("settings.section_billing");
  const fields = { ...state.inputValues, revision: String(revisionOf(state)) };
  return page<BillingData>({
    fields,
    problems: sayProblems(state.t, problems),
    shown,
    isPreset: false,
    done: undefined,
  }, { status });
}

function revisionOf(state: AppState): number {
  return lastSave(momentOf(state).tenant, "billing")?.revision ?? 0;
}
