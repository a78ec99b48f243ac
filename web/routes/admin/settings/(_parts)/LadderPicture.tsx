import { formatDate, formatDayMonth } from "@/shared/calendar/mod.ts";
import { useT } from "@/web/components/i18n.ts";
import { ladderOf, type LadderStep, type ReminderSettings } from "@/web/domain/mail/ladder.ts";
import type { Timeline } from "@/web/domain/settings/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";

/** Numbers nearer than this would cover each other on a phone; in hundredths of the width. */
const LABEL_GAP = 8;
const [LEFT, RIGHT] = [4, 96];

interface PictureProps {
  settings: ReminderSettings;
  /** A made-up bill by the company's rules. */
  line: Timeline;
}

/** One bill that nobody pays, with each mail that it brings, as a picture and in words. */
export function LadderPicture({ settings, line }: PictureProps) {
  const t = useT();
  const bill = settings.silentOccasions.includes("bill_issued")
    ? []
    : [{ occasion: "bill_issued" as const, on: line.issueOn, days: 0 }];
  const steps = [...bill, ...ladderOf(settings, line)].sort(byDay);
  if (steps.length === 0) return <p class="note">{t("reminders.silent")}</p>;
  return (
    <figure class="chart">
      <figcaption class="chart-caption">
        {t("reminders.caption", {
          due: formatDayMonth(line.dueOn, t.locale),
          grace: formatDayMonth(line.graceEndsOn, t.locale),
          cut: formatDate(line.cutOn, t.locale),
          time: line.cutTime,
        })}
      </figcaption>
      <Strip line={line} steps={steps} />
      <ol class="tl-steps">
        {steps.map((step, at) => (
          <li key={`${step.occasion}${step.on}`}>
            <span class={`tl-no ${colourOf(step)}`} aria-hidden="true">{at + 1}</span>
            <span>
              <b>{t(`deliveries.occasion_${step.occasion}`)}</b>
              <br />
              {whenOf(t, step)}
            </span>
          </li>
        ))}
      </ol>
    </figure>
  );
}

type Step = Omit<LadderStep, "occasion"> & { occasion: LadderStep["occasion"] | "bill_issued" };

function Strip({ line, steps }: { line: Timeline; steps: readonly Step[] }) {
  const dated = steps.flatMap(({ on, ...step }) => on === null ? [] : [{ ...step, on }]);
  const first = [line.dueOn, ...dated.map(({ on }) => on)].sort(Temporal.PlainDate.compare)[0]!;
  const days = first.until(line.cutOn.add({ days: 1 })).days;
  const place = (on: Temporal.PlainDate) => LEFT + first.until(on).days / days * (RIGHT - LEFT);
  const labels = spread(dated.map(({ on }) => place(on)));
  const percent = (x: number) => `${x}%`;
  const span = (from: number, to: number, name: string) => (
    <rect class={name} x={percent(from)} width={percent(Math.max(0, to - from))} y="36" height="10" rx="3" />
  );
  const graceEnd = place(line.graceEndsOn.add({ days: 1 }));
  return (
    <svg class="tl" height="50" aria-hidden="true" focusable="false">
      {span(place(first), place(line.dueOn.add({ days: 1 })), "tl-due")}
      {span(place(line.dueOn.add({ days: 1 })), graceEnd, "tl-grace")}
      {span(graceEnd, place(line.cutOn), "tl-wait")}
      {span(place(line.cutOn), 100, "tl-cut")}
      {dated.map((step, at) => (
        <g key={`${step.occasion}${step.on}`} class={`tl-mark ${colourOf(step)}`}>
          <line x1={percent(labels[at]!)} y1="22" x2={percent(place(step.on))} y2="36" />
          <circle cx={percent(labels[at]!)} cy="12" r="10" />
          <text x={percent(labels[at]!)} y="16">{at + 1}</text>
        </g>
      ))}
    </svg>
  );
}

/** Pushed to the right where they would cover each other, and back from the edge. */
function spread(places: readonly number[]): number[] {
  const labels: number[] = [];
  for (const place of places) labels.push(Math.max(place, (labels.at(-1) ?? -LABEL_GAP) + LABEL_GAP));
  return labels.map((label, at) => Math.min(label, RIGHT - (labels.length - 1 - at) * LABEL_GAP));
}

function byDay(a: Step, b: Step): number {
  if (a.on === null || b.on === null) return a.on === b.on ? 0 : a.on === null ? 1 : -1;
  return Temporal.PlainDate.compare(a.on, b.on);
}

function colourOf({ occasion }: Pick<Step, "occasion">): string {
  if (occasion === "cut") return "tl-cut";
  return occasion === "cut_notice" ? "tl-grace" : occasion === "restored" ? "tl-period" : "tl-due";
}

function whenOf(t: Translate, { occasion, on, days }: Step): string {
  if (on === null) return t("reminders.when_restored");
  const date = formatDate(on, t.locale);
  if (occasion === "reminder") return t("reminders.when_due", { date, n: days });
  if (occasion === "cut_notice") return t("reminders.when_cut", { date, n: days });
  return date;
}
