import { formatDateShort, isBefore } from "@/shared/calendar/mod.ts";
import { formatCoded } from "@/shared/codes/mod.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { formatCount } from "@/web/format.ts";
import type { ImportForecast } from "@/web/services/imports/dry_run_import.ts";
import { may } from "@/web/app/frame/page_context.ts";
import type { ImportView } from "./load_import.ts";
import { MoneyTable } from "./MoneyTable.tsx";

const REASONS_SHOWN = 8;

/** How many come in prepaid and until when; null: nobody. */
export function prepaidWords(
  { boughtUntil }: Pick<ImportForecast, "boughtUntil">,
  { t, moment: { today } }: Pick<ImportView, "t" | "moment">,
): string | null {
  const days = boughtUntil.toSorted(Temporal.PlainDate.compare);
  const running = days.filter((day) => !isBefore(day, today));
  const [first, last] = [running[0], running.at(-1)];
  const lapsed = days.length - running.length;
  const words = [
    first !== undefined && last !== undefined && t("import.prepaid_until", {
      n: running.length,
      from: formatDateShort(first, t.locale),
      to: formatDateShort(last, t.locale),
      days: first.equals(last) ? "one" : "several",
    }),
    lapsed > 0 && t("import.prepaid_lapsed", { n: lapsed }),
  ].filter((part) => part !== false);
  return words.length === 0 ? null : words.join(" ");
}

/** What the import would do with the review as it is saved; nothing before the first check. */
export function CheckCard({ view }: { view: ImportView }) {
  const { t, state, loaded: { forecast, batch, money } } = view;
  // A refused form is not what was checked.
  if (forecast === null || Object.keys(view.problems).length > 0) return null;
  const path = `/admin/import/${batch.id}`;
  const isReady = forecast.problems.length === 0 && forecast.created > 0;
  return (
    <Card
      title={t("import.check")}
      foot={
        <div class="cluster">
          {isReady && may(state, "import:run") && (
            <LinkButton kind="primary" icon="import" href={`${path}/confirm`}>
              {t("import.count", { count: t("import.subscribers", { n: forecast.created }) })}
            </LinkButton>
          )}
          {forecast.skipped.length > 0 && (
            <LinkButton icon="export" href={`${path}/skipped.csv`}>{t("import.skipped_csv")}</LinkButton>
          )}
        </div>
      }
    >
      {forecast.problems.length > 0 && (
        <Banner tone="warn" title={t("import.decide_first")}>
          <ul>
            {forecast.problems.map((problem) => <li key={formatCoded(problem)}>{codedText(t, problem)}</li>)}
          </ul>
        </Banner>
      )}
      {forecast.problems.length === 0 && forecast.created === 0 && (
        <Banner tone="warn" title={t("import.nothing_left")}>{t("import.change_skipped")}</Banner>
      )}
      {forecast.unmanaged > 0 && (
        <Banner tone="warn" title={t("import.agent_old_title")}>
          {t("import.agent_old", { n: forecast.unmanaged })}
        </Banner>
      )}
      <FactList facts={factsOf(view, forecast)} wide />
      {money !== null && forecast.created > 0 && <MoneyTable money={money} />}
    </Card>
  );
}

function factsOf(view: ImportView, forecast: ImportForecast) {
  const { t } = view;
  const prepaid = prepaidWords(forecast, view);
  const disconnected = forecast.createdDisconnected;
  return [
    {
      label: t("import.new_subscribers"),
      value: disconnected > 0
        ? t("import.new_disconnected", {
          count: formatCount(forecast.created),
          n: formatCount(disconnected),
        })
        : formatCount(forecast.created),
      strong: true,
    },
    ...(prepaid === null ? [] : [{ label: t("prepaid.card"), value: prepaid }]),
    ...(forecast.linked > 0 ? [{ label: t("import.already"), value: formatCount(forecast.linked) }] : []),
    { label: t("import.skipped"), value: formatCount(forecast.skipped.length) },
    ...reasonsOf(forecast).map(([reason, count]) => ({
      label: "",
      value: (
        <span class="note">
          {formatCount(count)}: <StoredText text={reason} />
        </span>
      ),
    })),
  ];
}

/** Reasons of the skipped with their counts, most frequent first. */
function reasonsOf(forecast: ImportForecast): [string, number][] {
  const counts = new Map<string, number>();
  for (const { reason: why } of forecast.skipped) {
    const reason = formatCoded(why);
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, REASONS_SHOWN);
}
