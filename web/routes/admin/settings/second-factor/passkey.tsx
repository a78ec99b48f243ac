import { placeOf } from "@/web/app/guard/passkey_place.ts";
import { define } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import Passkey from "@/web/islands/Passkey.tsx";
import { passkeyForm } from "@/web/route_table/factors.ts";
import { addPasskey } from "@/web/services/access/factors/passkey_factor.ts";
import { CODES_PATH, codesCookie } from "./(_parts)/codes_cookie.ts";
import { personIn } from "./(_parts)/person.ts";

const PATH = "/admin/settings/second-factor";
const FORM = "new-passkey";

const form = define.form({
  input: passkeyForm,
  load: () => Promise.resolve(null),
  permission: "signed_in",
  confirm: true,
  audit: "staff.factor_added",
  summary: "Add a passkey as a second factor",
  title: ({ t }) => t("factors.passkey_add"),
  lead: ({ t }) => t("factors.passkey_add_lead"),
  back: ({ t }) => ({ href: PATH, label: t("factors.title") }),
  labels: { name: "factors.passkey_name" },
  fields: ({ t, field }) => (
    <>
      <TextField {...field("name")} hint={t("factors.passkey_name_hint")} autofocus />
      <input type="hidden" name="passkey" value="" />
    </>
  ),
  verb: ({ t }) => t("factors.passkey_add"),
  page: ({ t, state }, { header, summary, start, fields, attributes }) => (
    <>
      {header}
      <Card>
        <form class="form" id={FORM} {...attributes}>
          {start}
          {summary}
          {fields}
        </form>
        <Passkey
          kind="new"
          form={FORM}
          options={`${PATH}/passkey-options`}
          ask={{}}
          csrfToken={state.csrfToken}
          label={t("factors.passkey_add")}
          words={{
            stopped: t("factors.passkey_stopped"),
            known: t("codes_access.passkey_there_already"),
            failed: t("codes_access.passkey_refused"),
          }}
        />
        <noscript>
          <p class="note">{t("factors.passkey_scripts")}</p>
        </noscript>
        <LinkButton kind="quiet" href={PATH}>{t("states.go_back")}</LinkButton>
      </Card>
    </>
  ),
  submit: ({ name, passkey }, { call: [context, , actor], state, ctx }) =>
    addPasskey(context, actor, personIn(state), { name, answer: passkey, place: placeOf(ctx) }),
  done: ({ codes }, { ctx, state }) => {
    if (codes === null) return `${PATH}?done=passkey`;
    const answer = ctx.redirect(CODES_PATH, 303);
    answer.headers.append("set-cookie", codesCookie(state, codes));
    return answer;
  },
});

export default form.page;
export const { handler, route } = form;
