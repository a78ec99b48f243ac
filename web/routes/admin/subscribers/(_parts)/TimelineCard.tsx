import { actorText } from "@/web/app/words/actor_words.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { parseCoded } from "@/shared/codes/mod.ts";
import { useT } from "@/web/components/i18n.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Timeline, type TimelineEntry } from "@/web/components/facts/Timeline.tsx";
import type { Tone } from "@/web/components/facts/tone.ts";
import { formatDateShort, parseDate } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import type { Page } from "@/web/store/db/keyset.ts";
import type { TimelineEvent, TimelineKind } from "@/web/store/subscribers/timeline.ts";

const TONES: Record<TimelineKind, Tone> = {
  bill: "info",
  bill_void: "mute",
  payment: "ok",
  payment_reversed: "warn",
  cut: "bad",
  restored: "ok",
  run: "mute",
  by_hand: "warn",
  mail: "mute",
  mail_failed: "warn",
  audit: "mute",
};

interface TimelineCardProps {
  timeline: Page<TimelineEvent>;
  timeZone: string;
  olderHref: string | undefined;
  newestHref: string | undefined;
  /** All entries of the audit log that are about this subscriber, for who may read it. */
  auditHref: string | undefined;
}

/** Everything that happened to a subscriber. */
export function TimelineCard({ timeline, timeZone, olderHref, newestHref, auditHref }: TimelineCardProps) {
  const t = useT();
  const hasMore = olderHref !== undefined || newestHref !== undefined;
  return (
    <Card
      title={t("subscribers.timeline")}
      aside={auditHref !== undefined && <a href={auditHref}>{t("audit.of_subscriber")}</a>}
      foot={hasMore && (
        <>
          {newestHref !== undefined && (
            <LinkButton small icon="left" href={newestHref}>{t("subscribers.newest")}</LinkButton>
          )}
          {olderHref !== undefined && (
            <LinkButton small href={olderHref}>{t("subscribers.older")}</LinkButton>
          )}
        </>
      )}
    >
      {timeline.rows.length === 0
        ? <EmptyState icon="clock" title={t("subscribers.nothing_yet")} />
        : <Timeline timeZone={timeZone} entries={timeline.rows.map((event) => toEntry(t, event))} />}
    </Card>
  );
}

function toEntry(t: Translate, event: TimelineEvent): TimelineEntry {
  return {
    at: event.at,
    on: event.businessOn,
    title: titleOf(event),
    detail: event.amountCentavos === null ? undefined : formatPeso(centavos(event.amountCentavos)),
    by: actorText(t, event.actor),
    tone: TONES[event.kind],
  };
}

function titleOf(event: TimelineEvent) {
  const { billId, paymentId, mailId } = event;
  const summary = parseCoded(event.summary) === null
    // What an earlier version wrote.
    ? <span lang="en">{event.summary.replace(/\d{4}-\d\d-\d\d/g, dateWords)}</span>
    : <StoredText text={event.summary} />;
  if (billId !== null) return <a href={`/admin/bills/${billId}`}>{summary}</a>;
  if (paymentId !== null) return <a href={`/admin/payments/${paymentId}`}>{summary}</a>;
  if (mailId !== null) return <a href={`/admin/mail/${mailId}`}>{summary}</a>;
  return summary;
}

/** A date inside a sentence, as people write it; what is no date stays as it is. */
function dateWords(text: string): string {
  const date = parseDate(text);
  return date.ok ? formatDateShort(date.value) : text;
}
