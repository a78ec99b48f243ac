import { define } from "@/web/app/state.ts";

/** The settings open at their first section. */
export const handler = define.handlers({
  GET: (ctx) => ctx.redirect("/admin/settings/company", 303),
});
