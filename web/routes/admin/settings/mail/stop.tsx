import { noFields } from "@/web/app/form/no_fields.ts";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { define } from "@/web/app/state.ts";
import { removeMail } from "@/web/services/settings/save_mail.ts";
import { findMailServer } from "@/web/store/mail/mail_servers.ts";
import { countQueued } from "@/web/store/mail/outbox.ts";

const question = define.question({
  input: noFields,
  load: async (trx) => {
    const server = await findMailServer(trx);
    return server === null ? null : { host: server.host, waiting: await countQueued(trx) };
  },
  blocked: ({ t, loaded }) =>
    loaded === null ? <EmptyState icon="info" title={t("mail_server.none_title")} /> : null,
  permission: "settings:write",
  audit: "settings.mail_removed",
  confirm: true,
  summary: "Stop sending mail",
  title: ({ t }) => t("mail_server.stop_title"),
  question: ({ t, loaded }) => t("mail_server.stop_question", { server: loaded?.host ?? "" }),
  effect: ({ t, loaded }) => t("mail_server.stop_effect", { count: loaded?.waiting ?? 0 }),
  tone: "danger",
  verb: ({ t }) => t("mail_server.stop"),
  back: ({ t }) => ({ href: "/admin/settings/mail", label: t("settings.section_mail") }),
  submit: (_input, { call }) => removeMail(...call),
  done: () => "/admin/settings/mail?done=mail_removed",
});

export default question.page;
export const { handler, route } = question;
