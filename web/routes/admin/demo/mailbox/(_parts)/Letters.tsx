import type { DemoMailList } from "@/web/app/state.ts";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { useT } from "@/web/components/i18n.ts";
import { mailboxAddress, type MailboxQuery } from "./address.ts";

interface LettersProps {
  list: DemoMailList;
  /** Number of the mail that stands beside them. */
  open: number | null;
  query: MailboxQuery;
}

/** The mails of the box, newest first. */
export function Letters({ list: { mails, total }, open, query }: LettersProps) {
  const t = useT();
  return (
    <>
      <ol class="letters">
        {mails.map((mail) => (
          <li key={mail.id}>
            <a
              class="letter"
              href={mailboxAddress({ ...query, mail: mail.id, view: undefined })}
              aria-current={mail.id === open ? "true" : undefined}
            >
              <span class="letter-to">{mail.to.join(", ")}</span>
              <span class="letter-subject">{mail.subject || t("mailbox.no_subject")}</span>
              {!mail.isAnswered && <Pill tone="warn">{t("mailbox.unanswered")}</Pill>}
            </a>
          </li>
        ))}
      </ol>
      <p class="note">
        {mails.length < total
          ? t("mailbox.newest_of", { shown: mails.length, total })
          : t("mailbox.count", { count: total })}
      </p>
    </>
  );
}
