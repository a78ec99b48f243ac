import { Swatch } from "./AgingStrip.tsx";
import { Disclosure } from "./Disclosure.tsx";

/** One group of bars. A value of `null` is a gap: not measured, never drawn as zero. */
export interface BarPoint {
  label: string;
  values: readonly (number | null)[];
}

interface BarsProps {
  /** The finding in one sentence. */
  caption: string;
  /** Names of the values of each point, at most three. */
  series: readonly string[];
  points: readonly BarPoint[];
  /** Words for a value, for example pesos. */
  format: (value: number) => string;
}

const HEIGHT = 128;
const SLOT = 24;

/** Bars over time, drawn on the server, with its figures as a table. */
export function Bars({ caption, series, points, format }: BarsProps) {
  const top = Math.max(1, ...points.flatMap((point) => point.values.map((value) => value ?? 0)));
  const barWidth = (SLOT - 6) / series.length;
  const width = points.length * SLOT;
  return (
    <figure class="chart">
      <figcaption class="chart-caption">{caption}</figcaption>
      <ul class="legend">
        {series.map((name, index) => (
          <li>
            <Swatch fill={`fill-${index + 1}`} />
            {name}
          </li>
        ))}
      </ul>
      <div class="chart-frame" aria-hidden="true">
        <div class="chart-max">{format(top)}</div>
        <svg class="bars" viewBox={`0 0 ${width} ${HEIGHT}`} preserveAspectRatio="none">
          {[0.5, HEIGHT / 2, HEIGHT - 0.5].map((y) => <line key={y} x1="0" x2={width} y1={y} y2={y} />)}
          {points.flatMap((point, slot) =>
            point.values.map((value, index) => {
              const height = Math.round((value ?? 0) / top * (HEIGHT - 2));
              const x = slot * SLOT + 3 + index * barWidth;
              return (
                <rect
                  class={`fill-${index + 1}`}
                  x={x}
                  y={HEIGHT - height}
                  width={barWidth - 1}
                  height={height}
                />
              );
            })
          )}
        </svg>
        <div class="chart-axis">{axisLabels(points).map((label) => <span key={label}>{label}</span>)}</div>
      </div>
      <Disclosure label="Show as table">
        <table class="plain-table">
          <thead>
            <tr>
              <th scope="col">Day</th>
              {series.map((name) => <th key={name} scope="col">{name}</th>)}
            </tr>
          </thead>
          <tbody>
            {points.map((point) => (
              <tr>
                <th scope="row">{point.label}</th>
                {point.values.map((value, index) => (
                  <td key={index}>{value === null ? "no data" : format(value)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Disclosure>
    </figure>
  );
}

function axisLabels(points: readonly BarPoint[]): string[] {
  const picks = [0, Math.floor((points.length - 1) / 2), points.length - 1];
  return [...new Set(picks)].flatMap((index) => points[index]?.label ?? []);
}
