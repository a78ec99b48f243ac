import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { define } from "@/web/app/state.ts";
import { TextField } from "@/web/components/form/TextField.tsx";
import { stopMailForm } from "@/web/route_table/mail_server.ts";
import { stopMail } from "@/web/services/settings/change_mail.ts";
import { findMailServer } from "@/web/store/mail/mail_servers.ts";
import { countQueued } from "@/web/store/mail/outbox.ts";
import { afterAsking, GateNote, gateVerb, loadGate } from "../../approvals/(_parts)/gate.tsx";

const question = define.question({
  input: stopMailForm,
  load: async (trx, { state, moment }) => {
    const server = await findMailServer(trx);
    if (server === null) return null;
    const gate = await loadGate(trx, { state, moment }, "mail_keys", {});
    return { host: server.host, waiting: await countQueued(trx), gate };
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
  verb: ({ t, loaded }) =>
    loaded === null ? t("mail_server.stop") : gateVerb(loaded.gate, t, t("mail_server.stop")),
  labels: { reason: "tables.reason" },
  children: ({ t, field, loaded }) =>
    loaded !== null && (
      <>
        <GateNote gate={loaded.gate} t={t} />
        {loaded.gate.way !== "run" && <TextField {...field("reason")} required />}
      </>
    ),
  back: ({ t }) => ({ href: "/admin/settings/mail", label: t("settings.section_mail") }),
  submit: ({ reason }, { call }) => stopMail(...call, { reason }),
  done: (done, { state }) =>
    afterAsking(state, done, {
      done: () => "/admin/settings/mail?done=mail_removed",
      cannotRead: "/admin/settings/mail",
    }),
});

export default question.page;
export const { handler, route } = question;
