import { ok } from "@/shared/result.ts";
import { versionOf } from "@/shared/version.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { Checkbox, RadioCards } from "@/web/components/form/SelectField.tsx";
import { parseLocale } from "@/web/messages/mod.ts";
import { saveOwnName } from "@/web/services/access/save_own_name.ts";
import { DENSITIES } from "@/web/route_table/lists.ts";
import { doneQuery, preferencesForm } from "@/web/route_table/settings.ts";
import { savePreferences } from "@/web/services/settings/save_preferences.ts";
import { SettingsFrame } from "./(_parts)/SettingsFrame.tsx";

const form = define.form({
  query: doneQuery,
  input: preferencesForm,
  load: (_trx, { state, query }) => {
    const { preferences = {}, staffName: name, staffUserId } = requireSession(state);
    return Promise.resolve({ preferences, done: query.done, name, staffUserId });
  },
  permission: "signed_in",
  audit: "staff.renamed",
  summary: "Save what the signed-in person likes",
  refused: "settings.check_fields",
  title: ({ t }) => t("settings.section_me"),
  labels: {
    name: "settings.my_name",
    locale: "settings.my_language",
    density: "settings.my_density",
    shortcuts: "settings.my_shortcuts",
  },
  values: ({ preferences, name }) => ({
    name,
    locale: parseLocale(preferences.locale) ?? "",
    density: DENSITIES.find((density) => density === preferences.density) ?? "default",
    shortcuts: preferences.shortcuts === false ? "" : "on",
  }),
  // A page opened before puts nothing back that it leaves as it was.
  edits: {
    subject: ({ staffUserId }) => staffUserId,
    version: ({ name, preferences }) => versionOf({ name, preferences }, ["name", "preferences"]),
  },
  fields: ({ t, field }) => {
    const { value: shortcuts, ...box } = field("shortcuts");
    return (
      <>
        <TextField {...field("name")} hint={t("settings.my_name_hint")} autocomplete="name" />
        <p class="note">{t("settings.me_note")}</p>
        <RadioCards
          {...field("locale")}
          options={[
            { value: "", label: t("settings.locale_browser") },
            { value: "en", label: "English" },
            { value: "fil", label: "Filipino" },
          ]}
          row
        />
        <RadioCards
          {...field("density")}
          required={false}
          options={DENSITIES.map((value) => ({ value, label: t(`settings.density_${value}`) }))}
          row
        />
        <Checkbox {...box} hint={t("settings.my_shortcuts_hint")} checked={shortcuts !== ""} />
      </>
    );
  },
  verb: ({ t }) => t("settings.save"),
  page: ({ t, state, loaded }, parts) => (
    <SettingsFrame section="me" state={state} done={loaded.done}>
      <Card title={t("settings.section_me")}>
        <form class="form rules" {...parts.attributes}>
          {parts.start}
          {parts.summary}
          {parts.fields}
          <div class="form-actions">
            <Button kind="primary">{t("settings.save")}</Button>
          </div>
        </form>
      </Card>
      <div class="cluster">
        <LinkButton href="/admin/settings/second-factor">{t("factors.link")}</LinkButton>
        <LinkButton href="/admin/settings/password">{t("settings.password")}</LinkButton>
        <LinkButton href="/admin/staff/leave" dialog>{t("staff.leave")}</LinkButton>
      </div>
    </SettingsFrame>
  ),
  submit: async ({ name, locale, density, shortcuts }, { state, call }) => {
    if (name !== undefined) {
      const saved = await saveOwnName(...call, { staffUserId: requireSession(state).staffUserId, name });
      if (!saved.ok) return saved;
    }
    await savePreferences(state.services, requireSession(state), {
      locale,
      density: density === "default" ? null : density,
      shortcuts: shortcuts ? null : false,
    });
    return ok(null);
  },
  done: () => "/admin/settings/me?done=saved",
});

export default form.page;
export const { handler, route } = form;
