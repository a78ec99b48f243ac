import { ok } from "@/shared/result.ts";
import { refused } from "@/web/app/errors/refused.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { placeOf } from "@/web/app/guard/passkey_place.ts";
import { define } from "@/web/app/state.ts";
import { askToConfirm } from "@/web/services/access/factors/verify_factor.ts";

export const { handler, route } = define.action({
  input: noFields,
  permission: "signed_in",
  summary: "What a passkey has to sign to prove again who one is, as JSON",
  async submit(_input, { state, ctx }) {
    const place = placeOf(ctx);
    const question = place.works ? await askToConfirm(state.services, requireSession(state), place) : null;
    if (question === null) throw refused("not_found");
    return ok(question.options);
  },
  done: (options) => Response.json(options),
});
