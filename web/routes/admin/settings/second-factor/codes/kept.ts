import { ok } from "@/shared/result.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { endedCodesCookie } from "../(_parts)/codes_cookie.ts";

export const { handler, route } = define.action({
  input: noFields,
  permission: "signed_in",
  summary: "Put recovery codes away that were just shown",
  submit: () => Promise.resolve(ok(null)),
  done: (_value, { ctx, state }) => {
    const answer = ctx.redirect("/admin/settings/second-factor?done=codes", 303);
    answer.headers.append("set-cookie", endedCodesCookie(state));
    return answer;
  },
});
