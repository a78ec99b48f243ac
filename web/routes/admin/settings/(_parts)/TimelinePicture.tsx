import { formatDate, formatDayMonth, formatPeriod } from "@/shared/calendar/mod.ts";
import { formatPeso } from "@/shared/money/mod.ts";
import { Disclosure } from "@/web/components/facts/Disclosure.tsx";
import { useT } from "@/web/components/i18n.ts";
import {
  type BillingSettings,
  exampleFirstBill,
  settingsTimeline,
  type Timeline,
  type TimelineStep,
} from "@/web/domain/settings/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";

/** The cut has a moment, not a length; this much of it is drawn. */
const CUT_WIDTH = 4;

interface PictureProps {
  settings: BillingSettings;
  today: Temporal.PlainDate;
}

/** One bill of a made-up subscriber as a picture, a sentence and a table. */
export function TimelinePicture({ settings, today }: PictureProps) {
  const t = useT();
  const line = settingsTimeline(settings, today);
  if (line === null) return <p class="note">{t("settings.timeline_never")}</p>;
  const first = exampleFirstBill(settings, today);
  return (
    <figure class="chart">
      <figcaption class="chart-caption">{captionOf(t, line)}</figcaption>
      <Strip line={line} />
      <ol class="tl-steps">
        {line.points.map((point, at) => (
          <li>
            <span class={`tl-no tl-${point.step}`} aria-hidden="true">{at + 1}</span>
            <span>
              <b>{t(`settings.step_${point.step}`)}</b>
              <br />
              {whenOf(t, line, point.step)}
            </span>
          </li>
        ))}
      </ol>
      <p class="note">
        {t("settings.first_example", {
          on: formatDayMonth(first.activatedOn, t.locale),
          issue: formatDate(first.issueOn, t.locale),
          amount: formatPeso(first.totalCentavos),
          period: formatPeriod(first.periodStart, first.periodEnd, t.locale),
        })}
      </p>
      <Disclosure label={t("settings.as_table")}>
        <table class="plain-table">
          <caption class="sr-only">{captionOf(t, line)}</caption>
          <thead>
            <tr>
              <th scope="col">{t("settings.table_step")}</th>
              <th scope="col">{t("settings.table_when")}</th>
            </tr>
          </thead>
          <tbody>
            {line.points.map((point) => (
              <tr>
                <th scope="row">{t(`settings.step_${point.step}`)}</th>
                <td>{whenOf(t, line, point.step)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Disclosure>
    </figure>
  );
}

/** The picture alone, for a card that says the same in words. */
export function TimelineStrip({ settings, today }: PictureProps) {
  const line = settingsTimeline(settings, today);
  return line === null ? null : <Strip line={line} />;
}

function Strip({ line }: { line: Timeline }) {
  const percent = (place: number) => `${place}%`;
  const [, bill, , , cut] = line.points;
  const span = (from: number, to: number, y: number, name: string) => (
    <rect class={name} x={percent(from)} width={percent(Math.max(0, to - from))} y={y} height="10" rx="3" />
  );
  const billAt = bill?.at ?? 0;
  const cutAt = cut?.at ?? 100;
  return (
    <svg class="tl" height="66" aria-hidden="true" focusable="false">
      {span(line.periodFrom, line.periodTo, 36, "tl-period")}
      {span(billAt, line.graceFrom, 52, "tl-due")}
      {span(line.graceFrom, line.graceTo, 52, "tl-grace")}
      {span(line.graceTo, cutAt, 52, "tl-wait")}
      {span(cutAt, Math.min(100, cutAt + CUT_WIDTH), 52, "tl-cut")}
      {line.points.map((point, at) => (
        <g key={point.step} class={`tl-mark tl-${point.step}`}>
          <line
            x1={percent(point.label)}
            y1="22"
            x2={percent(point.at)}
            y2={point.step === "period" ? 36 : 52}
          />
          <circle cx={percent(point.label)} cy="12" r="10" />
          <text x={percent(point.label)} y="16">{at + 1}</text>
        </g>
      ))}
    </svg>
  );
}

function captionOf(t: Translate, line: Timeline): string {
  const sentence = t("settings.timeline_caption", {
    period: formatPeriod(line.periodStart, line.periodEnd, t.locale),
    issue: formatDayMonth(line.issueOn, t.locale),
    due: formatDayMonth(line.dueOn, t.locale),
    grace: formatDayMonth(line.graceEndsOn, t.locale),
    cut: formatDate(line.cutOn, t.locale),
    time: line.cutTime,
  });
  const moved = line.movedDays === 0 ? "" : ` ${t("settings.timeline_moved", { days: line.movedDays })}`;
  const { lateFee } = line;
  const late = lateFee === null ? "" : ` ${
    t("settings.timeline_late_fee", {
      on: formatDayMonth(lateFee.costsFromOn, t.locale),
      price: formatPeso(lateFee.priceCentavos),
      amount: formatPeso(lateFee.amountCentavos),
    })
  }`;
  return `${sentence}${moved}${late}`;
}

function whenOf(t: Translate, line: Timeline, step: TimelineStep): string {
  switch (step) {
    case "period":
      return formatPeriod(line.periodStart, line.periodEnd, t.locale);
    case "bill":
      return formatDate(line.issueOn, t.locale);
    case "due":
      return formatDate(line.dueOn, t.locale);
    case "grace":
      return formatDate(line.graceEndsOn, t.locale);
    case "cut":
      return t("settings.cut_at", { on: formatDate(line.cutOn, t.locale), time: line.cutTime });
  }
}
