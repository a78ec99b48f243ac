import { formatDateShort } from "@/shared/calendar/mod.ts";
import type { FilterChip } from "@/web/components/list/FilterBar.tsx";
import { type ListFrame, listHref } from "@/web/components/list/list_frame.ts";
import { useT } from "@/web/components/i18n.ts";
import type { Translate } from "@/web/messages/mod.ts";

/** The days that an address narrows a list to, both included. */
export interface AskedSpan {
  from?: Temporal.PlainDate | undefined;
  to?: Temporal.PlainDate | undefined;
}

/** Names in the address that {@linkcode SpanFields} has controls for. */
export const SPAN_NAMES = ["from", "to"] as const;

const PRESETS = ["this_month", "last_month", "this_year"] as const;

/** Spans that people ask for, as chips; the one that is shown leads back to the list without a span. */
export function spanChips(t: Translate, frame: ListFrame, asked: AskedSpan, today: Temporal.PlainDate) {
  return PRESETS.map((name): FilterChip => {
    const span = presetSpan(name, today);
    const isCurrent = isSame(asked, span);
    return {
      label: t(`account.${name}`),
      href: listHref(
        frame,
        isCurrent ? { from: undefined, to: undefined } : { from: String(span.from), to: String(span.to) },
      ),
      isCurrent,
    };
  });
}

/** The names that a current chip of {@linkcode spanChips} stands for. */
export function shownSpan(asked: AskedSpan, today: Temporal.PlainDate): string[] {
  return PRESETS.some((name) => isSame(asked, presetSpan(name, today))) ? [...SPAN_NAMES] : [];
}

/** The words of a span among the active filters. */
export function spanWords(t: Translate, { from, to }: AskedSpan) {
  return {
    from: from && t("tables.by_from", { day: formatDateShort(from, t.locale) }),
    to: to && t("tables.by_to", { day: formatDateShort(to, t.locale) }),
  };
}

/** Two days in the form of a list. */
export function SpanFields({ span: { from, to } }: { span: AskedSpan }) {
  const t = useT();
  return (
    <div class="span-fields">
      <label>
        <span>{t("account.from")}</span>
        <input class="input" type="date" name="from" value={from?.toString()} />
      </label>
      <label>
        <span>{t("account.to")}</span>
        <input class="input" type="date" name="to" value={to?.toString()} />
      </label>
    </div>
  );
}

/**
 * The end of a span as the books are asked for it: until today, or later, means all that is written, also what carries a
 * date ahead of today.
 */
export function asWritten(
  to: Temporal.PlainDate | undefined,
  today: Temporal.PlainDate,
): Temporal.PlainDate | undefined {
  return to === undefined || Temporal.PlainDate.compare(to, today) >= 0 ? undefined : to;
}

function presetSpan(name: (typeof PRESETS)[number], today: Temporal.PlainDate) {
  const first = today.with({ day: 1 });
  switch (name) {
    case "this_month":
      return { from: first, to: today };
    case "last_month":
      return { from: first.subtract({ months: 1 }), to: first.subtract({ days: 1 }) };
    case "this_year":
      return { from: first.with({ month: 1 }), to: today };
  }
}

function isSame(asked: AskedSpan, span: { from: Temporal.PlainDate; to: Temporal.PlainDate }): boolean {
  return asked.from?.equals(span.from) === true && asked.to?.equals(span.to) === true;
}
