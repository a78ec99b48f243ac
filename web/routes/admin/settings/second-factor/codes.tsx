import { requireSession } from "@/web/app/form/input.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { CopyBlock } from "@/web/components/facts/CopyBlock.tsx";
import { ActionForm, Button, LinkButton } from "@/web/components/form/Button.tsx";
import PrintButton from "@/web/islands/PrintButton.tsx";
import { makeRecoveryCodes } from "@/web/services/access/factors/own_factors.ts";
import { findFactors } from "@/web/store/access/factors.ts";
import { CODES_PATH, codesCookie, readCodes } from "./(_parts)/codes_cookie.ts";
import { personIn } from "./(_parts)/person.ts";

const PATH = "/admin/settings/second-factor";

const form = define.form({
  input: noFields,
  load: async (trx, { state, headers }) => ({
    ...await findFactors(trx, requireSession(state).staffUserId),
    codes: readCodes(state, headers),
  }),
  permission: "signed_in",
  confirm: true,
  audit: "staff.recovery_codes_made",
  summary: "Make new recovery codes",
  title: ({ t }) => t("factors.codes"),
  lead: ({ t }) => t("factors.codes_lead"),
  back: ({ t }) => ({ href: PATH, label: t("factors.title") }),
  leave: ({ appSince, passkeys }) => appSince === null && passkeys.length === 0 ? PATH : null,
  fields: ({ t, loaded: { codesLeft } }) => <p>{t("factors.codes_anew_effect", { count: codesLeft })}</p>,
  verb: ({ t }) => t("factors.codes_anew"),
  page: ({ t, state, loaded: { codes } }, { header, form }) => (
    <>
      {header}
      {codes.length === 0 ? <Card>{form}</Card> : (
        <Card
          title={t("factors.codes_shown")}
          foot={
            <>
              <Button type="button" icon="copy" copies={codes.join("\n")}>{t("factors.codes_copy")}</Button>
              <PrintButton label={t("factors.codes_print")} />
              <LinkButton href={`${CODES_PATH}/text`}>{t("factors.codes_download")}</LinkButton>
              <ActionForm action={`${CODES_PATH}/kept`} csrfToken={state.csrfToken} kind="primary">
                {t("factors.codes_kept")}
              </ActionForm>
            </>
          }
        >
          <CopyBlock
            label={t("factors.codes_label")}
            text={codes.join("\n")}
            hint={t("factors.codes_hint")}
          />
        </Card>
      )}
    </>
  ),
  submit: (_input, { call: [context, , actor], state }) => makeRecoveryCodes(context, actor, personIn(state)),
  done: ({ codes }, { ctx, state }) => {
    const answer = ctx.redirect(CODES_PATH, 303);
    answer.headers.append("set-cookie", codesCookie(state, codes));
    return answer;
  },
});

export default form.page;
export const { handler, route } = form;
