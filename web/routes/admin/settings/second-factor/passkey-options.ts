import { ok } from "@/shared/result.ts";
import { refused } from "@/web/app/errors/refused.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { placeOf } from "@/web/app/guard/passkey_place.ts";
import { define } from "@/web/app/state.ts";
import { askNewPasskey } from "@/web/services/access/factors/passkey_factor.ts";
import { personIn } from "./(_parts)/person.ts";

export const { handler, route } = define.action({
  input: noFields,
  permission: "signed_in",
  confirm: true,
  summary: "What a new passkey has to sign, as JSON",
  async submit(_input, { state, ctx }) {
    const place = placeOf(ctx);
    const options = place.works ? await askNewPasskey(state.services, personIn(state), place) : null;
    if (options === null) throw refused("not_found");
    return ok(options);
  },
  done: (options) => Response.json(options),
});
