import { DataTable } from "@/web/components/DataTable.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { FilterBar } from "@/web/components/FilterBar.tsx";
import { Pager } from "@/web/components/Pager.tsx";
import { Pill } from "@/web/components/Pill.tsx";
import type { Tone } from "@/web/components/tone.ts";
import { formatCount } from "@/web/format.ts";
import type { DriftKind, DriftRow } from "@/web/store/sites_page.ts";
import { TitledTable } from "../../(_billing)/TitledTable.tsx";
import { DRIFT_ROWS, type RouterPageView } from "./load_router.ts";

const DRIFT_WORDS: Record<DriftKind, { word: string; tone: Tone }> = {
  missing: { word: "Missing on router", tone: "bad" },
  enabled_by_hand: { word: "Enabled by hand", tone: "warn" },
  disabled_by_hand: { word: "Disabled by hand", tone: "warn" },
  profile: { word: "Profile differs", tone: "warn" },
  held: { word: "Held by guard", tone: "hold" },
  waiting_permit: { word: "Waiting", tone: "info" },
  failed: { word: "Failed", tone: "bad" },
};

/** Secrets that are not as the books want them. */
export function DriftTable({ view }: { view: RouterPageView }) {
  const { router, drifts, rows, kind } = view;
  const path = `/admin/routers/${router.id}`;
  const total = drifts.reduce((sum, drift) => sum + drift.secrets, 0);
  if (total === 0 && kind === undefined) return null;
  const shown = kind === undefined ? total : drifts.find((drift) => drift.drift === kind)?.secrets ?? 0;
  return (
    <TitledTable title="Differences">
      <DataTable
        caption="Secrets that differ from the books"
        rows={rows}
        rowHref={(row) => row.subscriber_id === null ? path : `/admin/subscribers/${row.subscriber_id}`}
        rowNote={(row) => row.subscriber_name}
        toolbar={
          <FilterBar
            chips={[
              { label: "All that differ", href: path, count: total, isCurrent: kind === undefined },
              ...drifts.map(({ drift, secrets }) => ({
                label: DRIFT_WORDS[drift].word,
                href: `${path}?drift=${drift}`,
                count: secrets,
                isCurrent: kind === drift,
              })),
            ]}
          />
        }
        columns={[
          { head: "PPP secret", cell: (row) => <span class="mono">{row.ppp_name}</span> },
          {
            head: "Difference",
            cell: (row) => <Pill tone={DRIFT_WORDS[row.drift].tone}>{DRIFT_WORDS[row.drift].word}</Pill>,
            phone: "corner",
          },
          { head: "Books", cell: (row) => describe(row.wanted_disabled, row.wanted_profile) },
          { head: "Router", cell: (row) => describeFound(row) },
        ]}
        empty={
          <EmptyState icon="check" title="None of this kind">The router is as the books want it.</EmptyState>
        }
        foot={shown > DRIFT_ROWS && (
          <Pager summary={`${formatCount(rows.length)} of ${formatCount(shown)} shown`} />
        )}
      />
    </TitledTable>
  );
}

function describeFound(row: DriftRow): string {
  return row.drift === "missing" ? "Not there" : describe(row.found_disabled, row.found_profile);
}

function describe(isDisabled: boolean | null, profile: string | null): string {
  if (isDisabled === null) return "—";
  const state = isDisabled ? "Disabled" : "Enabled";
  return profile === null ? state : `${state}, ${profile}`;
}
