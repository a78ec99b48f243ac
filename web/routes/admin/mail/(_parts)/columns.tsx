import type { ListColumn } from "@/web/app/list/list_types.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { formatInstant } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { MailRow } from "@/web/store/mail/mail_page.ts";
import { capitalised, MailPill, reasonWords, stateWord } from "./mail_words.tsx";

/** The columns of the list of messages, on the page and in the file. */
export function columnsFor(t: Translate, zone: string): ListColumn<MailRow>[] {
  return [
    {
      head: t("deliveries.recipient"),
      cell: (mail) => <span class="clip">{mail.recipient_name}</span>,
      csv: (mail) => mail.recipient_name,
      phone: "line",
    },
    { head: t("tables.account"), csv: (mail) => mail.account_number ?? "" },
    {
      id: "occasion",
      head: t("deliveries.occasion"),
      cell: (mail) => t(`deliveries.occasion_${mail.occasion}`),
      csv: (mail) => t(`deliveries.occasion_${mail.occasion}`),
      fit: true,
    },
    {
      id: "bill",
      head: t("deliveries.bill"),
      cell: (mail) => mail.bill_number !== null && <CodeText>{mail.bill_number}</CodeText>,
      csv: (mail) => mail.bill_number ?? "",
      fit: true,
      minor: true,
      phone: "hide",
    },
    {
      id: "state",
      head: t("deliveries.state"),
      cell: (mail) => <MailPill mail={mail} />,
      csv: (mail) => stateWord(t, mail),
      phone: "corner",
    },
    {
      id: "why",
      head: t("deliveries.reason"),
      cell: (mail) => <Why mail={mail} t={t} zone={zone} />,
      csv: (mail) => reasonWords(t, mail.reason) ?? mail.reason ?? "",
      phone: "full",
    },
    {
      id: "address",
      head: t("deliveries.address"),
      cell: ({ address }) => address && <span class="clip clip-short" title={address}>{address}</span>,
      csv: (mail) => mail.address ?? "",
      phone: "full",
    },
    {
      id: "channel",
      head: t("deliveries.channel"),
      cell: (mail) => t(`deliveries.channel_${mail.channel}`),
      csv: (mail) => mail.channel,
      fit: true,
      optional: true,
    },
    {
      id: "time",
      head: t("deliveries.time"),
      cell: (mail) => formatInstant(mail.sent_at ?? mail.created_at, zone, t),
      csvHead: "Queued",
      csv: (mail) => mail.created_at.toString({ smallestUnit: "second" }),
      fit: true,
      sortBy: "-time",
    },
    { head: "Sent", csv: (mail) => mail.sent_at?.toString({ smallestUnit: "second" }) ?? "" },
    { head: t("deliveries.tries"), csv: (mail) => String(mail.attempts) },
    {
      head: t("deliveries.next_try"),
      csv: (mail) => hasNextTry(mail) ? mail.next_attempt_at.toString({ smallestUnit: "second" }) : "",
    },
    { head: t("deliveries.words"), csv: (mail) => mail.server_words ?? "" },
    {
      head: t("deliveries.perhaps_twice"),
      csv: (mail) => mail.is_perhaps_double ? "yes" : "",
    },
  ];
}

/** Only what was tried already has a next try. */
function hasNextTry(mail: MailRow): boolean {
  return mail.state === "queued" && mail.attempts > 0;
}

/** Why it stands so: in our words, when it is tried again, and in the server's words where it is not sent. */
function Why({ mail, t, zone }: { mail: MailRow; t: Translate; zone: string }) {
  const said = [
    mail.state === "sent" ? null : reasonWords(t, mail.reason),
    mail.is_perhaps_double ? t("deliveries.perhaps_twice") : null,
    hasNextTry(mail)
      ? t("deliveries.tried", { n: mail.attempts, at: formatInstant(mail.next_attempt_at, zone, t) })
      : null,
  ].filter((text) => text !== null);
  return (
    <>
      {capitalised(said.join("; "))}
      {said.length > 0 && <br />}
      {mail.state !== "sent" && mail.server_words !== null && (
        <span class="note clip clip-short" lang="en" title={mail.server_words}>{mail.server_words}</span>
      )}
    </>
  );
}
