import { ok } from "@/shared/result.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { preferenceForm } from "@/web/route_table/find.ts";
import { savePreferences } from "@/web/services/settings/save_preferences.ts";

export const { handler, route } = define.action({
  input: preferenceForm,
  permission: "signed_in",
  summary: "Keep the person's language or shortcuts",
  submit: async ({ locale, shortcuts }, { state }) =>
    ok(
      await savePreferences(state.services, requireSession(state), {
        ...(locale === undefined ? {} : { locale }),
        // On is how everybody begins: nothing is kept for it.
        ...(shortcuts === undefined ? {} : { shortcuts: shortcuts === "off" ? false : null }),
      }),
    ),
  done: (_value, { input: { back } }) => back ?? "/admin",
});
