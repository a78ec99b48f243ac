import { page } from "fresh";
import { readInput, requireSession } from "@/web/app/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Button } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { Csrf } from "@/web/components/Csrf.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { Checkbox, RadioCards } from "@/web/components/SelectField.tsx";
import { parseLocale } from "@/web/messages/mod.ts";
import { doneQuery, preferencesForm } from "@/web/route_table/settings.ts";
import { savePreferences } from "@/web/services/settings/save_preferences.ts";
import { sayProblems } from "@/web/app/say.ts";
import { SettingsFrame } from "./(_parts)/SettingsFrame.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

const DENSITIES = ["comfortable", "default", "compact"] as const;

interface MyData {
  locale: string;
  density: string;
  shortcuts: boolean;
  problems: Record<string, string>;
  done: string | undefined;
}

export default define.page<typeof handler>(function MyPreferencesPage({ data, state }) {
  const { t } = state;
  return (
    <SettingsFrame section="me" state={state} done={data.done}>
      <Card title={t("settings.section_me")}>
        <form class="form rules" method="post" action="/admin/settings/me">
          <Csrf token={state.csrfToken} />
          <ErrorSummary errors={data.problems} title={t("settings.check_fields")} />
          <p class="note">{t("settings.me_note")}</p>
          <RadioCards
            name="locale"
            label={t("settings.my_language")}
            options={[
              { value: "", label: t("settings.locale_browser") },
              { value: "en", label: "English" },
              { value: "fil", label: "Filipino" },
            ]}
            value={data.locale}
            error={data.problems.locale}
            row
          />
          <RadioCards
            name="density"
            label={t("settings.my_density")}
            options={DENSITIES.map((value) => ({ value, label: t(`settings.density_${value}`) }))}
            value={data.density}
            error={data.problems.density}
            row
          />
          <Checkbox
            name="shortcuts"
            label={t("settings.my_shortcuts")}
            hint={t("settings.my_shortcuts_hint")}
            checked={data.shortcuts}
          />
          <div class="form-actions">
            <Button kind="primary">{t("settings.save")}</Button>
          </div>
        </form>
      </Card>
    </SettingsFrame>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "signed_in",
    input: doneQuery,
    summary: "What the signed-in person likes",
  },
  POST: {
    audience: "staff",
    permission: "signed_in",
    input: preferencesForm,
    summary: "Save what the signed-in person likes",
  },
};

export const handler = define.handlers({
  GET(ctx) {
    return page(load(ctx.state, {}, readInput(ctx.state, doneQuery).done));
  },
  async POST(ctx) {
    const { state } = ctx;
    if (state.inputProblems !== null) return page(load(state, state.inputProblems), { status: 422 });
    const { locale, density, shortcuts } = readInput(state, preferencesForm);
    await savePreferences(state.services, requireSession(state), {
      locale,
      density: density === "default" ? null : density,
      shortcuts: shortcuts ? null : false,
    });
    return ctx.redirect("/admin/settings/me?done=saved", 303);
  },
});

function load(state: AppState, problems: Record<string, string>, done?: string): MyData {
  state.title = state.t("settings.section_me");
  const { preferences = {} } = requireSession(state);
  return {
    locale: parseLocale(preferences.locale) ?? "",
    density: DENSITIES.find((density) => density === preferences.density) ?? "default",
    shortcuts: preferences.shortcuts !== false,
    problems: sayProblems(state.t, problems),
    done,
  };
}
