import type { ListColumn } from "@/web/app/list/list_types.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { formatCount, formatInstant } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { MailRow } from "@/web/store/mail/mail_page.ts";
import { MailPill, reasonWords } from "./mail_words.tsx";

/** The columns of the list of messages, on the page and in the file. */
export function columnsFor(t: Translate, zone: string): ListColumn<MailRow>[] {
  return [
    {
      head: t("deliveries.subscriber"),
      cell: (mail) => <span class="clip">{mail.subscriber_name}</span>,
      csv: (mail) => mail.subscriber_name,
      phone: "line",
    },
    { head: t("tables.account"), csv: (mail) => mail.account_number },
    {
      id: "occasion",
      head: t("deliveries.occasion"),
      cell: (mail) => t(`deliveries.occasion_${mail.occasion}`),
      csv: (mail) => t(`deliveries.occasion_${mail.occasion}`),
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
      cell: (mail) => (
        <>
          <MailPill mail={mail} />
          {mail.is_perhaps_double && <span class="note">{` ${t("deliveries.perhaps_twice")}`}</span>}
        </>
      ),
      csv: (mail) => t(`deliveries.state_${mail.state}`),
      phone: "corner",
    },
    { head: t("deliveries.reason"), csv: (mail) => reasonWords(t, mail.reason) ?? mail.reason ?? "" },
    {
      id: "address",
      head: t("deliveries.address"),
      cell: (mail) => <span class="clip" title={mail.address ?? undefined}>{mail.address}</span>,
      csv: (mail) => mail.address ?? "",
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
    {
      id: "tries",
      head: t("deliveries.tries"),
      kind: "number",
      cell: (mail) => formatCount(mail.attempts),
      csv: (mail) => String(mail.attempts),
      minor: true,
      phone: "hide",
    },
    {
      id: "next",
      head: t("deliveries.next_try"),
      cell: (mail) => nextTryOf(mail) && formatInstant(mail.next_attempt_at, zone, t),
      csv: (mail) => nextTryOf(mail) ? mail.next_attempt_at.toString({ smallestUnit: "second" }) : "",
      fit: true,
      minor: true,
      phone: "hide",
    },
    {
      id: "words",
      head: t("deliveries.words"),
      cell: (mail) => mail.server_words !== null && <span class="clip" lang="en">{mail.server_words}</span>,
      csv: (mail) => mail.server_words ?? "",
      minor: true,
      phone: "hide",
    },
    {
      head: t("deliveries.perhaps_twice"),
      csv: (mail) => mail.is_perhaps_double ? "yes" : "",
    },
  ];
}

/** Only what was tried already has a next try. */
function nextTryOf(mail: MailRow): boolean {
  return mail.state === "queued" && mail.attempts > 0;
}
