import { Disclosure } from "./Disclosure.tsx";
import { useT } from "@/web/components/i18n.ts";
import { formatCount } from "@/web/format.ts";
import { type Centavos, formatPeso } from "@/shared/money/mod.ts";

/** What is owed for one length of time past due. */
export interface AgingBucket {
  label: string;
  amount: Centavos;
  /** Connections, or subscribers, with such a debt. */
  count: number;
  /** The list that it counts. */
  href: string;
  /** Not past due: no colour of a warning. */
  isNotLate?: boolean | undefined;
}

interface AgingStripProps {
  /** The finding in one sentence: `₱48,210.00 is past due, most of it less than a week.` */
  caption: string;
  /** At most four that are late, the youngest debt first, and before them what is not. */
  buckets: readonly AgingBucket[];
  /** Heading of the ages in the table. @default "Past due" */
  head?: string | undefined;
  /** Heading of the counts in the table. @default "Connections" */
  counted?: string | undefined;
}

const WIDTH = 1000;

/** How old the unpaid money is: one strip, the older the warmer. */
export function AgingStrip({ caption, buckets, head, counted }: AgingStripProps) {
  const t = useT();
  const total = buckets.reduce((sum, bucket) => sum + bucket.amount, 0n);
  const fills = fillsOf(buckets);
  let x = 0;
  return (
    <figure class="chart">
      <figcaption class="chart-caption">{caption}</figcaption>
      <svg class="strip" viewBox={`0 0 ${WIDTH} 12`} preserveAspectRatio="none" aria-hidden="true">
        <rect class="fill-rest" width={WIDTH} height="12" />
        {buckets.map((bucket, index) => {
          const width = total === 0n ? 0 : Number(bucket.amount * BigInt(WIDTH) / total);
          const segment = <rect class={fills[index]} x={x} width={Math.max(0, width - 3)} height="12" />;
          x += width;
          return segment;
        })}
      </svg>
      <ul class="legend legend-wide">
        {buckets.map((bucket, index) => (
          <li>
            <Swatch fill={fills[index] ?? ""} />
            <span>{bucket.label}</span>
            <a class="amount" href={bucket.href}>{formatPeso(bucket.amount)}</a>
          </li>
        ))}
      </ul>
      <Disclosure label={t("words.show_table")}>
        <table class="plain-table">
          <caption class="sr-only">{head ?? t("words.past_due")}</caption>
          <thead>
            <tr>
              <th scope="col">{head ?? t("words.past_due")}</th>
              <th scope="col">{t("words.amount")}</th>
              <th scope="col">{counted ?? t("words.connections")}</th>
            </tr>
          </thead>
          <tbody>
            {buckets.map((bucket) => (
              <tr>
                <th scope="row">{bucket.label}</th>
                <td>
                  <a href={bucket.href}>{formatPeso(bucket.amount)}</a>
                </td>
                <td>
                  <a href={bucket.href}>{formatCount(bucket.count)}</a>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Disclosure>
    </figure>
  );
}

/** The colour of each bucket: the older the warmer, and another where nothing is late. */
function fillsOf(buckets: readonly AgingBucket[]): string[] {
  const notLate = buckets.filter(({ isNotLate }) => isNotLate).length;
  return buckets.map(({ isNotLate }, index) => isNotLate ? "age-0" : `age-${index + 1 - notLate}`);
}

/** The colour of a series beside its name. */
export function Swatch({ fill }: { fill: string }) {
  return (
    <svg viewBox="0 0 10 10" aria-hidden="true">
      <rect class={fill} width="10" height="10" rx="2" />
    </svg>
  );
}
