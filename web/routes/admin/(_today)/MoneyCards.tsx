import { formatDayMonth } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso, sum } from "@/shared/money/mod.ts";
import { AgingStrip } from "@/web/components/AgingStrip.tsx";
import { Bars } from "@/web/components/Bars.tsx";
import { Card } from "@/web/components/Card.tsx";
import { FactList } from "@/web/components/FactList.tsx";
import { formatPlural } from "@/web/format.ts";
import type { TodayFigures } from "@/web/store/today.ts";
import type { DailyMoney } from "@/web/store/tonight_page.ts";
import { address, type PageMoment } from "../(_billing)/page_context.ts";
import { METHOD_WORDS, shortDay } from "../(_billing)/words.ts";

interface CollectedProps {
  figures: TodayFigures;
  today: Temporal.PlainDate;
}

/** What came in today, by method. */
export function CollectedCard({ figures: { collectedToday }, today }: CollectedProps) {
  const on = today.toString();
  const total = sum(collectedToday.map((row) => centavos(row.amountCentavos)));
  return (
    <Card title="Collected today">
      {collectedToday.length === 0 ? <p class="note">No payment was posted yet today.</p> : (
        <FactList
          sum
          facts={[
            ...collectedToday.map(({ method, amountCentavos, count }) => ({
              label: `${METHOD_WORDS[method as keyof typeof METHOD_WORDS] ?? method}, ${
                formatPlural(count, "payment")
              }`,
              value: (
                <a href={address("/admin/payments", { on, status: "posted", method })}>
                  {formatPeso(centavos(amountCentavos))}
                </a>
              ),
            })),
            { label: "Together", value: formatPeso(total), strong: true },
          ]}
        />
      )}
    </Card>
  );
}

interface CycleProps {
  figures: TodayFigures;
  daily: readonly DailyMoney[];
  moment: PageMoment;
}

/** Billed against collected: the cycle in a sentence, the days as bars. */
export function CycleCard({ figures: { cycle }, daily, moment }: CycleProps) {
  const paid = cycle.billedCentavos === 0n ? 0n : cycle.collectedCentavos * 100n / cycle.billedCentavos;
  const since = shortDay(cycle.since, moment.today);
  const caption = cycle.bills === 0
    ? `No bill was issued since ${since}. The bars are the last ${daily.length} days.`
    : `Of ${formatPeso(centavos(cycle.billedCentavos))} billed since ${since}, ${
      formatPeso(centavos(cycle.collectedCentavos))
    } is paid: ${paid} %. The bars are the last ${daily.length} days.`;
  return (
    <Card title="Billed and collected" aside={<a href="/admin/bills">All bills</a>}>
      <Bars
        caption={caption}
        series={["Billed", "Collected"]}
        points={daily.map((day) => ({
          label: formatDayMonth(day.on),
          values: [Number(day.billedCentavos), Number(day.collectedCentavos)],
        }))}
        format={(value) => formatPeso(centavos(BigInt(Math.round(value))))}
      />
    </Card>
  );
}

const AGING_WORDS = {
  "1-7": "1 to 7 days",
  "8-30": "8 to 30 days",
  "31-60": "31 to 60 days",
  "60+": "Over 60 days",
};

/** How old the unpaid money is. */
export function AgingCard({ figures: { aging } }: { figures: TodayFigures }) {
  const late = aging.filter(({ bucket }) => bucket !== "current");
  const total = sum(late.map((row) => centavos(row.amountCentavos)));
  const people = late.reduce((count, row) => count + row.count, 0);
  return (
    <Card title="Past due">
      <AgingStrip
        caption={people === 0
          ? "Nothing is past due."
          : `${formatPeso(total)} is owed by ${
            formatPlural(people, "subscriber")
          } whose oldest bill is past due.`}
        buckets={late.map(({ bucket, amountCentavos, count }) => ({
          label: AGING_WORDS[bucket as keyof typeof AGING_WORDS],
          amount: centavos(amountCentavos),
          bills: count,
          href: address("/admin/subscribers", { aging: bucket }),
        }))}
      />
    </Card>
  );
}
