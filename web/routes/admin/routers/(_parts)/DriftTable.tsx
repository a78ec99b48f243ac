import { EmptyState } from "@/web/components/EmptyState.tsx";
import { useT } from "@/web/components/i18n.ts";
import { listHref } from "@/web/components/list_frame.ts";
import { ListTable } from "@/web/components/ListTable.tsx";
import { Pill } from "@/web/components/Pill.tsx";
import type { Tone } from "@/web/components/tone.ts";
import type { DriftKind, DriftRow } from "@/web/store/sites_page.ts";
import { TitledTable } from "../../(_billing)/TitledTable.tsx";
import type { RouterPageView } from "./load_router.ts";

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
  const { drifts, list, frame, kind } = view;
  const t = useT();
  const total = drifts.reduce((sum, drift) => sum + drift.secrets, 0);
  if (total === 0 && kind === undefined) return null;
  return (
    <TitledTable title="Differences">
      <ListTable
        frame={frame}
        caption="Secrets that differ from the books"
        rows={list.rows}
        rowHref={(row) => row.subscriber_id === null ? frame.path : `/admin/subscribers/${row.subscriber_id}`}
        rowNote={(row) => row.subscriber_name}
        next={list.next}
        previous={list.previous}
        total={kind === undefined ? total : drifts.find((drift) => drift.drift === kind)?.secrets ?? 0}
        sort="user"
        chips={[
          {
            label: "All that differ",
            href: listHref(frame, { drift: undefined }),
            count: total,
            isCurrent: kind === undefined,
          },
          ...drifts.map(({ drift, secrets }) => ({
            label: DRIFT_WORDS[drift].word,
            href: listHref(frame, { drift }),
            count: secrets,
            isCurrent: kind === drift,
          })),
        ]}
        columns={[
          {
            head: "PPP secret",
            cell: (row) => <span class="mono">{row.ppp_name}</span>,
            sortBy: "user",
          },
          {
            id: "difference",
            head: "Difference",
            cell: (row) => <Pill tone={DRIFT_WORDS[row.drift].tone}>{DRIFT_WORDS[row.drift].word}</Pill>,
            phone: "corner",
          },
          { id: "books", head: "Books", cell: (row) => describe(row.wanted_disabled, row.wanted_profile) },
          { id: "router", head: t("tables.router"), cell: describeFound },
        ]}
        noneMatch="None of this kind: the router is as the books want it."
        empty={<EmptyState icon="check" title="The router is as the books want it" />}
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
