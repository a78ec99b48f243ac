import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { proposeApp } from "@/web/services/access/factors/app_factor.ts";
import { personIn } from "./(_parts)/person.ts";

export const { handler, route } = define.action({
  input: noFields,
  permission: "signed_in",
  confirm: true,
  summary: "Make a secret for an app with codes",
  submit: (_input, { state }) => proposeApp(state.services, personIn(state)),
  done: () => "/admin/settings/second-factor/app",
});
