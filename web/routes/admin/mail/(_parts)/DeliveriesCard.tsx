import type { ComponentChildren } from "preact";
import { Card } from "@/web/components/facts/Card.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { useT } from "@/web/components/i18n.ts";
import { formatInstant } from "@/web/format.ts";
import type { MailRow } from "@/web/store/mail/mail_page.ts";
import type { Unwritten } from "@/web/store/mail/unwritten.ts";
import { MailPill, reasonWords } from "./mail_words.tsx";

/** Messages that the card shows; the list has the others. */
export const DELIVERIES_SHOWN = 4;

const NOTES = {
  none: "deliveries.card_none",
  waits: "deliveries.card_preparing",
  failed: "deliveries.card_unwritten",
} as const;

interface DeliveriesCardProps {
  mails: readonly MailRow[];
  /** The list, narrowed to the same. */
  href: string;
  zone: string;
  /** Of a bill that a run has made: its message is still to be written, or could not be. @default null */
  unwritten?: Unwritten | null;
  /** Buttons beside the link. */
  children?: ComponentChildren;
}

/** What was mailed about a bill or to a subscriber, and what became of it. */
export function DeliveriesCard({ mails, href, zone, unwritten = null, children }: DeliveriesCardProps) {
  const t = useT();
  return (
    <Card
      title={t("deliveries.card")}
      foot={(mails.length > 0 || children) && (
        <>
          {children}
          {mails.length > 0 && <LinkButton small href={href}>{t("deliveries.all")}</LinkButton>}
        </>
      )}
    >
      {mails.length === 0 ? <p class="note">{t(NOTES[unwritten ?? "none"])}</p> : (
        <FactList
          facts={mails.map((mail) => ({
            label: t(`deliveries.occasion_${mail.occasion}`),
            value: (
              <>
                <MailPill mail={mail} href={`/admin/mail/${mail.id}`} />
                <br />
                <span class="note">
                  {[
                    mail.state === "sent" ? null : reasonWords(t, mail.reason),
                    mail.address,
                    formatInstant(mail.sent_at ?? mail.created_at, zone, t),
                  ]
                    .filter((text) => text !== null).join(" · ")}
                </span>
              </>
            ),
          }))}
        />
      )}
    </Card>
  );
}
