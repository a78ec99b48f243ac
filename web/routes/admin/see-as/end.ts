import { ok } from "@/shared/result.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { stopSeeing } from "@/web/services/access/see_as.ts";

export const { handler, route } = define.action({
  input: noFields,
  permission: "signed_in",
  summary: "See Linya as oneself again",
  submit: async (_input, { state }) => {
    const session = requireSession(state);
    await stopSeeing(state.services, session);
    return ok(session.seesAs ?? null);
  },
  done: (seen) =>
    seen === null ? "/admin" : seen.kind === "role" ? `/admin/roles/${seen.id}` : `/admin/staff/${seen.id}`,
});
