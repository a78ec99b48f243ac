import { formatDate } from "@/shared/calendar/mod.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { unsentForm } from "@/web/route_table/deliveries.ts";
import { readUnsent, sendUnsent } from "@/web/services/mail/send_unsent.ts";
import { LeftOut } from "./(_parts)/LeftOut.tsx";

const PATH = "/admin/mail";

const question = define.question({
  input: unsentForm,
  load: (trx, { moment: { now } }) => readUnsent(trx, now),
  permission: "mail:send",
  audit: "mail.unsent_sent",
  summary: "Send what was skipped while no mail server was set: how many, and what is left out",
  title: ({ t }) => t("deliveries.unsent_title"),
  back: ({ t }) => ({ href: PATH, label: t("deliveries.title") }),
  blocked: ({ t, loaded: { chosen, left } }) =>
    chosen > 0 ? null : (
      <EmptyState
        icon="mail"
        title={t("deliveries.unsent_none")}
        actions={<LinkButton kind="primary" href={PATH}>{t("tables.back")}</LinkButton>}
      >
        <LeftOut left={left} />
      </EmptyState>
    ),
  question: ({ t, loaded: { chosen } }) => t("deliveries.unsent_question", { n: chosen }),
  effect: ({ t, loaded: { chosen, mails, oldestOn } }) =>
    t("deliveries.unsent_effect", {
      n: chosen,
      left: mails.length - chosen,
      day: oldestOn === null ? "" : formatDate(oldestOn, t.locale),
    }),
  hidden: ({ loaded: { seen } }) => ({ seen }),
  verb: ({ t, loaded: { chosen } }) => t("deliveries.unsent_verb", { n: chosen }),
  children: ({ loaded: { left } }) => <LeftOut left={left} />,
  submit: ({ seen }, { call, state }) =>
    sendUnsent(...call, { seen, siteIds: requireSession(state).siteIds ?? null }),
  done: () => `${PATH}?state=queued&done=unsent`,
});

export default question.page;
export const { handler, route } = question;
