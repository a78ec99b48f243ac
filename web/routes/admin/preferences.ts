import { readInput, requireSession } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { preferenceForm } from "@/web/route_table/find.ts";
import { savePreferences } from "@/web/services/settings/save_preferences.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

export const route: RouteEntries = {
  POST: {
    audience: "staff",
    permission: "signed_in",
    input: preferenceForm,
    summary: "Keep the person's language or shortcuts",
  },
};

export const handler = define.handlers({
  async POST(ctx) {
    const { locale, shortcuts, back } = readInput(ctx.state, preferenceForm);
    await savePreferences(ctx.state.services, requireSession(ctx.state), {
      ...(locale === undefined ? {} : { locale }),
      // On is how everybody begins: nothing is kept for it.
      ...(shortcuts === undefined ? {} : { shortcuts: shortcuts === "off" ? false : null }),
    });
    return ctx.redirect(back ?? "/admin", 303);
  },
});
