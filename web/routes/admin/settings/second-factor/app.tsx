import { requireSession } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { CopyBlock } from "@/web/components/facts/CopyBlock.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { appForm } from "@/web/route_table/factors.ts";
import { confirmApp, openProposedApp } from "@/web/services/access/factors/app_factor.ts";
import { CODES_PATH, codesCookie } from "./(_parts)/codes_cookie.ts";
import { personIn } from "./(_parts)/person.ts";
import { QrPicture } from "./(_parts)/QrPicture.tsx";

const PATH = "/admin/settings/second-factor";

const form = define.form({
  input: appForm,
  load: (trx, { state, moment }) =>
    openProposedApp(trx, state.services, requireSession(state), moment.tenant.name),
  permission: "signed_in",
  confirm: true,
  audit: "staff.factor_added",
  summary: "Add an app with codes as a second factor",
  title: ({ t }) => t("factors.app_add"),
  back: ({ t }) => ({ href: PATH, label: t("factors.title") }),
  leave: (proposed) => proposed === null ? PATH : null,
  labels: { code: "factors.code" },
  fields: ({ t, field, loaded }) =>
    loaded === null ? null : (
      <>
        <p>{t("factors.app_scan")}</p>
        <QrPicture text={loaded.address} label={t("factors.app_qr")} />
        <CopyBlock
          label={t("factors.app_secret")}
          text={loaded.secret.replace(/(.{4})(?=.)/g, "$1 ")}
          hint={t("factors.app_secret_hint")}
        />
        <TextField
          {...field("code")}
          value=""
          autocomplete="one-time-code"
          hint={t("factors.app_code_hint")}
          width="short"
          mono
        />
      </>
    ),
  verb: ({ t }) => t("factors.app_confirm"),
  submit: ({ code }, { call: [context, , actor], state }) =>
    confirmApp(context, actor, personIn(state), code),
  done: ({ codes }, { ctx, state }) => {
    if (codes === null) return `${PATH}?done=app`;
    const answer = ctx.redirect(CODES_PATH, 303);
    answer.headers.append("set-cookie", codesCookie(state, codes));
    return answer;
  },
});

export default form.page;
export const { handler, route } = form;
