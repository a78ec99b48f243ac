import type { ListColumn } from "@/web/app/list/list_types.ts";
import { type ListFrame, listHref } from "@/web/components/list/list_frame.ts";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { PppUser } from "@/web/components/facts/PppUser.tsx";
import type { Tone } from "@/web/components/facts/tone.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { DriftKind, DriftRow } from "@/web/store/network/sites_page.ts";
import type { RouterPageView } from "./load_router.ts";

type Drifts = RouterPageView["drifts"];

const DRIFT_TONES: Record<DriftKind, Tone> = {
  missing: "bad",
  enabled_by_hand: "warn",
  disabled_by_hand: "warn",
  profile: "warn",
  held: "hold",
  waiting_permit: "info",
  failed: "bad",
  profile_missing: "warn",
};

/** How many secrets are not as the books want them: of a kind, or in all but those that wait for a missing profile. */
export function countOf(drifts: Drifts, kind: DriftKind | undefined): number {
  return kind === undefined
    ? drifts.reduce((sum, { drift, secrets }) => drift === "profile_missing" ? sum : sum + secrets, 0)
    : drifts.find(({ drift }) => drift === kind)?.secrets ?? 0;
}

/** The kinds of difference that there are. */
export function chipsOf(t: Translate, frame: ListFrame, drifts: Drifts, kind: DriftKind | undefined) {
  return [
    {
      label: t("network.drift_all"),
      href: listHref(frame, { drift: undefined }),
      count: countOf(drifts, undefined),
      isCurrent: kind === undefined,
    },
    ...drifts.map(({ drift, secrets }) => ({
      label: t(`network.drift_${drift}`),
      href: listHref(frame, { drift }),
      count: secrets,
      isCurrent: kind === drift,
    })),
  ];
}

/** What the books want and what the router has. */
export function columnsFor(t: Translate): ListColumn<DriftRow>[] {
  return [
    {
      head: t("network.secret"),
      cell: (row) => <PppUser name={row.ppp_name} service={row.ppp_service} />,
      sortBy: "user",
    },
    {
      id: "difference",
      head: t("network.difference"),
      cell: (row) => <Pill tone={DRIFT_TONES[row.drift]}>{t(`network.drift_${row.drift}`)}</Pill>,
      phone: "line",
    },
    {
      id: "books",
      head: t("network.books"),
      cell: (row) => describe(t, row.wanted_disabled, row.wanted_profile),
    },
    { id: "router", head: t("tables.router"), cell: (row) => describeFound(t, row) },
  ];
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
