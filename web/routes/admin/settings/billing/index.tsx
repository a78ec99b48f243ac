import { markOpened } from "@/web/app/form/opened.ts";
import { may } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Button } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { presetOf, withPreset } from "@/web/domain/settings/mod.ts";
import { billingForm, billingQuery } from "@/web/route_table/settings.ts";
import { saveBillingSettings } from "@/web/services/settings/save_billing_settings.ts";
import { countOwnRules } from "@/web/store/billing/own_rules.ts";
import { billingSettingsOf, lastSave } from "@/web/store/settings/settings.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import {
  BILLING_LABELS,
  impossibleFields,
  revisionOf,
  savedFields,
  settingOf,
  toFields,
  toSettings,
} from "../(_parts)/billing_form.ts";
import { BillingForm } from "../(_parts)/BillingForm.tsx";
import { PresetCards } from "../(_parts)/PresetCards.tsx";
import { RulesCard, sayRules } from "../(_parts)/RulesCard.tsx";
import { settingText } from "../(_parts)/setting_words.ts";
import { SettingsFrame } from "../(_parts)/SettingsFrame.tsx";

const form = define.form({
  query: billingQuery,
  input: billingForm,
  load: async (trx, { query: { preset, done } }) => {
    const tenant = await getTenant(trx);
    const saved = billingSettingsOf(tenant);
    // What a preset fills in is drawn too.
    const shown = preset === undefined ? saved : withPreset(saved, preset);
    return { tenant, saved, shown, isPreset: preset !== undefined, done, own: await countOwnRules(trx) };
  },
  permission: "settings:write",
  readers: { permission: "settings:read", summary: "Billing rules" },
  audit: "settings.billing_saved",
  summary: "Save the billing rules",
  title: ({ t }) => t("settings.section_billing"),
  labels: BILLING_LABELS,
  values: ({ tenant, shown }, { state: { inputValues } }) => {
    const fields = toFields(shown, revisionOf(tenant));
    // From the review, to change some more: the address carries the form, without the boxes that are not ticked.
    if (inputValues.cycleAnchor === undefined) return fields;
    return { ...fields, blackoutWeekdays: [], ...inputValues, revision: String(revisionOf(tenant)) };
  },
  edits: {
    subject: ({ tenant }) => tenant.id,
    version: ({ tenant }) => String(revisionOf(tenant)),
    row: ({ tenant }) => savedFields(tenant),
    saved: ({ tenant }) => lastSave(tenant, "billing"),
    say: (field, { saved }, t) => settingText(t, saved, settingOf(field as keyof typeof BILLING_LABELS)),
    // Nothing is saved that was not shown with its effect.
    merged: "settings.changed_meanwhile",
  },
  fields: (view) => (
    <BillingForm
      view={view}
      revision={String(revisionOf(view.loaded.tenant))}
      opened={markOpened(view.row ?? {})}
      from={String(view.values.from ?? "")}
      said={sayRules(view.state, view.loaded.shown)}
    />
  ),
  verb: ({ t }) => t("settings.review"),
  page: ({ t, state, moment: { today }, loaded }, parts) => (
    <SettingsFrame
      section="billing"
      state={state}
      done={loaded.done}
      save={lastSave(loaded.tenant, "billing")}
      zone={loaded.tenant.time_zone}
    >
      <RulesCard
        title={t(loaded.isPreset ? "settings.rules_preset" : "settings.rules_now")}
        settings={loaded.shown}
        today={today}
        state={state}
        own={loaded.own}
      />
      {may(state, "settings:write") && (
        <>
          <Card title={t("settings.start_from")}>
            <form class="stack" method="get" action="/admin/settings/billing">
              <PresetCards
                settings={loaded.saved}
                today={today}
                value={presetOf(loaded.shown)}
                state={state}
              />
              <div class="form-actions">
                <Button>{t("settings.fill_in")}</Button>
              </div>
            </form>
          </Card>
          {parts.fields}
        </>
      )}
    </SettingsFrame>
  ),
  submit: (input, { call, state }) => {
    const settings = toSettings(input);
    const problems = impossibleFields(state, settings);
    if (Object.keys(problems).length > 0) return Promise.resolve({ problems });
    return saveBillingSettings(...call, { revision: input.revision, settings });
  },
  done: ({ changed }, { input }) => {
    if (input.from === "setup") return "/admin/setup/router";
    return `/admin/settings/billing?done=${changed.length === 0 ? "unchanged" : "saved"}`;
  },
});

export default form.page;
export const { handler, route } = form;
