import { Swatch } from "./AgingStrip.tsx";
import { Disclosure } from "./Disclosure.tsx";
import { useT } from "@/web/components/i18n.ts";

/** One group of bars. A value of `null` is a gap: not measured, never drawn as zero. */
export interface BarPoint {
  label: string;
  values: readonly (number | null)[];
  /** The list behind each value of the table. */
  hrefs?: readonly string[] | undefined;
}

/** Name of the values of each point. */
export interface BarSeries {
  name: string;
  /** All points together, already formatted, and the list behind it. */
  total?: string | undefined;
  href?: string | undefined;
}

interface BarsProps {
  /** The finding in one sentence. */
  caption: string;
  /** Heading of the column of labels. */
  head: string;
  /** At most three. */
  series: readonly BarSeries[];
  points: readonly BarPoint[];
  /** Words for a value, for example pesos. */
  format: (value: number) => string;
}

const HEIGHT = 128;
const SLOT = 24;

/** Bars over time, drawn on the server, with its figures as a table. */
export function Bars({ caption, head, series, points, format }: BarsProps) {
  const t = useT();
  const top = Math.max(1, ...points.flatMap((point) => point.values.map((value) => value ?? 0)));
  const width = points.length * SLOT;
  return (
    <figure class="chart">
      <figcaption class="chart-caption">{caption}</figcaption>
      <ul class="legend">
        {series.map(({ name, total, href }, index) => (
          <li>
            <Swatch fill={`fill-${index + 1}`} />
            <span>
              {name} {total !== undefined && <a class="amount" href={href}>{total}</a>}
            </span>
          </li>
        ))}
      </ul>
      <div class="chart-frame" aria-hidden="true">
        <div class="chart-max">{format(top)}</div>
        <svg class="bars" viewBox={`0 0 ${width} ${HEIGHT}`} preserveAspectRatio="none">
          {[0.5, HEIGHT / 2, HEIGHT - 0.5].map((y) => <line key={y} x1="0" x2={width} y1={y} y2={y} />)}
          {points.flatMap((point, slot) => pointBars(point, slot, top, series.length))}
        </svg>
        <div class="chart-axis">{axisLabels(points).map((label) => <span key={label}>{label}</span>)}</div>
      </div>
      <Disclosure label={t("words.show_table")}>
        <table class="plain-table">
          <caption class="sr-only">{caption}</caption>
          <thead>
            <tr>
              <th scope="col">{head}</th>
              {series.map(({ name }) => <th key={name} scope="col">{name}</th>)}
            </tr>
          </thead>
          <tbody>
            {points.map((point) => (
              <tr>
                <th scope="row">{point.label}</th>
                {point.values.map((value, index) => (
                  <td key={index}>
                    <BarValue
                      text={value === null ? t("words.no_data") : format(value)}
                      href={point.hrefs?.[index]}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Disclosure>
    </figure>
  );
}

function pointBars({ label, values }: BarPoint, slot: number, top: number, count: number) {
  const barWidth = (SLOT - 6) / count;
  return values.map((value, index) => {
    // What is there at all is seen: half a per cent of the highest bar would round to nothing.
    const height = value === null || value === 0 ? 0 : Math.max(2, Math.round(value / top * (HEIGHT - 2)));
    return (
      <rect
        key={`${label} ${index}`}
        class={`fill-${index + 1}`}
        x={slot * SLOT + 3 + index * barWidth}
        y={HEIGHT - height}
        width={barWidth - 1}
        height={height}
      />
    );
  });
}

function BarValue({ text, href }: { text: string; href: string | undefined }) {
  return href === undefined ? <>{text}</> : <a href={href}>{text}</a>;
}

function axisLabels(points: readonly BarPoint[]): string[] {
  const picks = [0, Math.floor((points.length - 1) / 2), points.length - 1];
  return [...new Set(picks)].flatMap((index) => points[index]?.label ?? []);
}
