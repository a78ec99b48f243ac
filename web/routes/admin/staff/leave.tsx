import { requireSession } from "@/web/app/form/input.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { endedCookie } from "@/web/app/guard/session_cookie.ts";
import { define } from "@/web/app/state.ts";
import { leaveCompany } from "@/web/services/access/disable_staff.ts";

const question = define.question({
  input: noFields,
  load: (_trx, { state, moment }) =>
    Promise.resolve({ company: moment.tenant.name, id: requireSession(state).staffUserId }),
  permission: "signed_in",
  audit: "staff.left",
  confirm: true,
  summary: "Leave the company",
  title: ({ t }) => t("staff.leave"),
  back: ({ t }) => ({ href: "/admin/settings/me", label: t("settings.section_me") }),
  question: ({ t, loaded: { company } }) => t("staff.leave_question", { company }),
  effect: ({ t }) => t("staff.leave_effect"),
  tone: "danger",
  children: ({ t }) => <p class="note">{t("staff.leave_note")}</p>,
  verb: ({ t, loaded: { company } }) => t("staff.leave_verb", { company }),
  submit: (_input, { call }) => leaveCompany(...call),
  done(_value, { ctx, state }) {
    const response = ctx.redirect("/login?done=left", 303);
    response.headers.append("set-cookie", endedCookie("staff", state.isHttps));
    return response;
  },
});

export default question.page;
export const { handler, route } = question;
