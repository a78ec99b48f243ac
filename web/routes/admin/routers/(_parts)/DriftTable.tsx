import { EmptyState } from "@/web/components/EmptyState.tsx";
import { useT } from "@/web/components/i18n.ts";
import { listHref } from "@/web/components/list_frame.ts";
import { ListTable } from "@/web/components/ListTable.tsx";
import { Pill } from "@/web/components/Pill.tsx";
import type { Tone } from "@/web/components/tone.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { DriftKind, DriftRow } from "@/web/store/network/sites_page.ts";
import { TitledTable } from "@/web/components/TitledTable.tsx";
import type { RouterPageView } from "./load_router.ts";

const DRIFT_TONES: Record<DriftKind, Tone> = {
  missing: "bad",
  enabled_by_hand: "warn",
  disabled_by_hand: "warn",
  profile: "warn",
  held: "hold",
  waiting_permit: "info",
  failed: "bad",
};

/** Secrets that are not as the books want them. */
export function DriftTable({ view }: { view: RouterPageView }) {
  const { drifts, list, frame, kind } = view;
  const t = useT();
  const total = drifts.reduce((sum, drift) => sum + drift.secrets, 0);
  if (total === 0 && kind === undefined) return null;
  return (
    <TitledTable title={t("network.differences")}>
      <ListTable
        frame={frame}
        caption={t("network.drift_caption")}
        rows={list.rows}
        rowHref={(row) => row.subscriber_id === null ? frame.path : `/admin/subscribers/${row.subscriber_id}`}
        rowNote={(row) => row.subscriber_name}
        next={list.next}
        previous={list.previous}
        total={kind === undefined ? total : drifts.find((drift) => drift.drift === kind)?.secrets ?? 0}
        sort="user"
        chips={[
          {
            label: t("network.drift_all"),
            href: listHref(frame, { drift: undefined }),
            count: total,
            isCurrent: kind === undefined,
          },
          ...drifts.map(({ drift, secrets }) => ({
            label: t(`network.drift_${drift}`),
            href: listHref(frame, { drift }),
            count: secrets,
            isCurrent: kind === drift,
          })),
        ]}
        columns={[
          {
            head: t("network.secret"),
            cell: (row) => <span class="mono">{row.ppp_name}</span>,
            sortBy: "user",
          },
          {
            id: "difference",
            head: t("network.difference"),
            cell: (row) => <Pill tone={DRIFT_TONES[row.drift]}>{t(`network.drift_${row.drift}`)}</Pill>,
            phone: "corner",
          },
          {
            id: "books",
            head: t("network.books"),
            cell: (row) => describe(t, row.wanted_disabled, row.wanted_profile),
          },
          { id: "router", head: t("tables.router"), cell: (row) => describeFound(t, row) },
        ]}
        noneMatch={t("network.drift_none_kind")}
        empty={<EmptyState icon="check" title={t("network.drift_none")} />}
      />
    </TitledTable>
  );
}

function describeFound(t: Translate, row: DriftRow): string {
  return row.drift === "missing"
    ? t("network.not_there")
    : describe(t, row.found_disabled, row.found_profile);
}

function describe(t: Translate, isDisabled: boolean | null, profile: string | null): string {
  if (isDisabled === null) return "—";
  const state = isDisabled ? t("network.disabled") : t("network.enabled");
  return profile === null ? state : `${state}, ${profile}`;
}
