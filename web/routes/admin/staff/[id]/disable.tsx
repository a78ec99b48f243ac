import { found } from "@/web/app/frame/page_context.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { disableStaff } from "@/web/services/access/disable_staff.ts";
import { SESSION_IDLE_MINUTES } from "@/web/services/access/session.ts";
import { listMemberLines } from "@/web/store/access/members.ts";

const question = define.question({
  params: idParams,
  input: noFields,
  load: async (trx, { params: { id }, moment: { now } }) => {
    const activeSince = now.subtract({ minutes: SESSION_IDLE_MINUTES });
    const lines = await listMemberLines(trx, { now, activeSince });
    return found(lines.find((line) => line.id === id));
  },
  permission: "staff:write",
  audit: "staff.disabled",
  confirm: true,
  summary: "Disable somebody: their sessions end at once",
  title: ({ t, loaded: { name } }) => t("staff.disable_verb", { name }),
  back: ({ loaded: { id, name } }) => ({ href: `/admin/staff/${id}`, label: name }),
  question: ({ t, loaded: { name } }) => t("staff.disable_question", { name }),
  effect: ({ t, loaded: { sessions } }) => t("staff.disable_effect", { n: sessions }),
  tone: "danger",
  children: ({ t }) => <p class="note">{t("staff.disable_note")}</p>,
  verb: ({ t, loaded: { name } }) => t("staff.disable_verb", { name }),
  submit: (_input, { call, loaded: { id } }) => disableStaff(...call, { staffUserId: id }),
  done: (_value, { loaded: { id } }) => `/admin/staff/${id}?done=disabled`,
});

export default question.page;
export const { handler, route } = question;
