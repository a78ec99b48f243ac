import { may } from "@/web/app/frame/page_context.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { controlAttributes, FieldFrame } from "@/web/components/form/Field.tsx";
import { noFields } from "@/web/app/form/no_fields.ts";
import type { ReportOutcome } from "@/web/domain/mail/types.ts";
import { returnedQuery } from "@/web/route_table/deliveries.ts";
import { noteReport } from "@/web/services/mail/note_report.ts";
import { findMail, type MailRow } from "@/web/store/mail/mail_page.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";

const PATH = "/admin/mail/refused/returned";
/** A little less than a request may hold in all. */
const FILE_BYTES_MAX = 1_000_000;

const TONES: Record<ReportOutcome, "ok" | "info" | "warn"> = {
  refused: "warn",
  soft: "warn",
  message: "warn",
  delayed: "info",
  delivered: "ok",
  known: "info",
};

const form = define.form({
  query: returnedQuery,
  input: noFields,
  load: async (trx, { query: { noted, mail: id } }) => {
    const mail = noted === undefined || id === undefined ? null : await findMail(trx, id);
    return {
      noted,
      mail,
      phone: mail === null || mail.subscriber_id === null
        ? null
        : (await findSubscriber(trx, mail.subscriber_id))?.phone ?? null,
    };
  },
  permission: "mail:send",
  summary: "Note what a returned mail says",
  files: { file: FILE_BYTES_MAX },
  title: ({ t }) => t("deliveries.returned_title"),
  lead: ({ t }) => t("deliveries.returned_lead"),
  back: ({ t }) => ({ href: "/admin/mail/refused", label: t("deliveries.refused_title") }),
  fields: ({ t, problems }) => {
    const file = {
      name: "file",
      label: t("deliveries.returned_file"),
      hint: t("deliveries.returned_file_hint"),
      error: problems.file,
      required: true,
    };
    return (
      <FieldFrame {...file}>
        <input
          {...controlAttributes(file)}
          class="input"
          type="file"
          accept=".eml,.msg,.txt,message/rfc822"
        />
      </FieldFrame>
    );
  },
  verb: ({ t }) => t("deliveries.returned_verb"),
  page: ({ state, loaded: { noted, mail, phone } }, { header, form }) => (
    <>
      {header}
      <div class="stack">
        {noted !== undefined && mail !== null && (
          <Noted noted={noted} mail={mail} phone={phone} state={state} />
        )}
        <Card>{form}</Card>
      </div>
    </>
  ),
  submit: (_input, { call, state }) => noteReport(...call, state.inputFiles.file),
  done: ({ outcome, messageId }) => `${PATH}?noted=${outcome}&mail=${messageId}`,
});

export default form.page;
export const { handler, route } = form;

interface NotedProps {
  noted: ReportOutcome;
  mail: MailRow;
  phone: string | null;
  state: AppState;
}

/** What was noted, of whom, and what is to be done now. */
function Noted({ noted, mail, phone, state }: NotedProps) {
  const { t } = state;
  return (
    <Banner
      tone={TONES[noted]}
      title={t(`deliveries.noted_${noted}`, { email: mail.address ?? "" })}
      live
      actions={
        <>
          <LinkButton href={`/admin/mail/${mail.id}`}>{t("deliveries.message")}</LinkButton>
          {mail.bill_id !== null && may(state, "bill:read") && (
            <LinkButton href={`/admin/bills/${mail.bill_id}`}>
              {t("deliveries.by_bill", { number: mail.bill_number ?? "" })}
            </LinkButton>
          )}
        </>
      }
    >
      <p>
        {mail.subscriber_id === null
          ? mail.recipient_name
          : <a href={`/admin/subscribers/${mail.subscriber_id}`}>{mail.recipient_name}</a>}
        {phone !== null && (
          <>
            {" · "}
            <a href={`tel:${phone}`}>{phone}</a>
          </>
        )}
      </p>
      <p>{t(`deliveries.noted_${noted}_todo`)}</p>
      {mail.state === "refused" && mail.server_words !== null && (
        <p class="note wrap" lang="en">{mail.server_words}</p>
      )}
    </Banner>
  );
}
