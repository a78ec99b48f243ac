import { formatDate } from "@/shared/calendar/mod.ts";
import { useT } from "@/web/components/i18n.ts";
import { Pill } from "@/web/components/facts/Pill.tsx";
import type { Tone } from "@/web/components/facts/tone.ts";
import type { MailState } from "@/web/domain/mail/types.ts";
import { ENGLISH, type MessageKey, type Translate } from "@/web/messages/mod.ts";

/** How a message stands. */
export interface MailStanding {
  state: MailState;
  /** Code of why it is skipped, refused or failed. */
  reason: string | null;
}

const TONES: Record<MailState, Tone> = {
  queued: "info",
  sent: "ok",
  failed: "bad",
  refused: "bad",
  skipped: "mute",
};

interface MailPillProps {
  mail: MailStanding;
  href?: string;
}

/** `Sent` */
export function MailPill({ mail, href }: MailPillProps) {
  const t = useT();
  return (
    <Pill tone={TONES[mail.state]} href={href}>
      {stateWord(t, mail)}
    </Pill>
  );
}

/** The same as text. */
export function standingWords(t: Translate, { state, reason }: MailStanding): string {
  const word = stateWord(t, { state, reason });
  const why = state === "sent" ? null : reasonWords(t, reason);
  return why === null ? word : t("deliveries.state_why", { state: word, why });
}

/** `Sent`; what its server had taken and another one sent back is `Bounced`. */
export function stateWord(t: Translate, { state, reason }: MailStanding): string {
  const isBounced = state === "refused" && reason?.startsWith("returned") === true;
  return t(isBounced ? "deliveries.state_bounced" : `deliveries.state_${state}`);
}

/** A reason where it begins a line. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Why, in words; null where there is no reason, or none that has words. */
export function reasonWords(t: Translate, reason: string | null): string | null {
  if (reason === null) return null;
  const key = `deliveries.reason_${reason}`;
  return Object.hasOwn(ENGLISH, key) ? t(key as MessageKey) : null;
}

/** `It is quiet time: they go out at 08:00, Sun, 3 May 2026.` */
export function quietWords(t: Translate, until: Temporal.ZonedDateTime): string {
  const time = until.toPlainTime().toString({ smallestUnit: "minute" });
  return t("deliveries.quiet_until", { time, day: formatDate(until.toPlainDate(), t.locale) });
}
