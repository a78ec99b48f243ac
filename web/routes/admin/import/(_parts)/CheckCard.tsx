import type { AppState } from "@/web/app/state.ts";
import { Banner } from "@/web/components/Banner.tsx";
import { LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { FactList } from "@/web/components/FactList.tsx";
import { formatCount, formatPlural } from "@/web/format.ts";
import type { ImportForecast } from "@/web/services/dry_run_import.ts";
import { may } from "../../(_billing)/page_context.ts";
import type { ImportView } from "./load_import.ts";

const REASONS_SHOWN = 8;

/** What the import would do with the review as it is saved; nothing before the first check. */
export function CheckCard({ view, state }: { view: ImportView; state: AppState }) {
  const { forecast, batch } = view;
  // A refused form is not what was checked.
  if (forecast === null || Object.keys(view.problems).length > 0) return null;
  const path = `/admin/import/${batch.id}`;
  const isReady = forecast.problems.length === 0 && forecast.created > 0;
  return (
    <Card
      title="Check"
      foot={
        <div class="cluster">
          {isReady && may(state, "import:run") && (
            <LinkButton kind="primary" icon="import" href={`${path}/confirm`}>
              {`Import ${formatPlural(forecast.created, "subscriber")}`}
            </LinkButton>
          )}
          {forecast.skipped.length > 0 && (
            <LinkButton icon="export" href={`${path}/skipped.csv`}>Skipped as CSV</LinkButton>
          )}
        </div>
      }
    >
      {forecast.problems.length > 0 && (
        <Banner tone="warn" title="Decide these first, then save and check again">
          <ul>{forecast.problems.map((problem) => <li key={problem}>{problem}</li>)}</ul>
        </Banner>
      )}
      {forecast.problems.length === 0 && forecast.created === 0 && (
        <Banner tone="warn" title="Nothing is left to import">Change what is skipped below.</Banner>
      )}
      <FactList facts={factsOf(forecast)} />
    </Card>
  );
}

function factsOf(forecast: ImportForecast) {
  const disconnected = forecast.createdDisconnected;
  return [
    {
      label: "New subscribers",
      value: formatCount(forecast.created) +
        (disconnected > 0 ? `, ${formatCount(disconnected)} as disconnected` : ""),
      strong: true,
    },
    ...(forecast.linked > 0 ? [{ label: "Already subscribers", value: formatCount(forecast.linked) }] : []),
    { label: "Skipped", value: formatCount(forecast.skipped.length) },
    ...reasonsOf(forecast).map(([reason, count]) => ({
      label: "",
      value: <span class="note">{`${formatCount(count)}: ${reason}`}</span>,
    })),
  ];
}

/** Reasons of the skipped with their counts, most frequent first. */
function reasonsOf(forecast: ImportForecast): [string, number][] {
  const counts = new Map<string, number>();
  for (const { reason } of forecast.skipped) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, REASONS_SHOWN);
}
