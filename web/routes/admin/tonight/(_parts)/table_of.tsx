import type { AppState } from "@/web/app/state.ts";
import type { BulkAction } from "@/web/components/list/BulkBar.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import type { FilterChip } from "@/web/components/list/FilterBar.tsx";
import { listHref } from "@/web/components/list/list_frame.ts";
import { may } from "@/web/app/frame/page_context.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import type { TonightRow } from "@/web/store/cuts/tonight.ts";
import { keysOfSubscriber } from "../../(_lists)/keys_of.ts";
import type { TonightView } from "./load_tonight.ts";
import type { TonightPageData } from "./TonightPage.tsx";

/** The rows of one part of the list: their links, what narrows them, and what may be done about each. */
export function tableOf({ tonight, frame }: TonightPageData, state: AppState) {
  const { view, siteId, q } = tonight.filter;
  const { t } = state;
  return {
    caption: t("tonight.caption", { day: tonight.preview.businessOn.toString() }),
    rowHref: (row: TonightRow) => `/admin/subscribers/${row.subscriberId}`,
    rowNote: (row: TonightRow) => <CodeText>{row.accountNumber}</CodeText>,
    rowKeys: ({ subscriberId, subscriptionId, holdUntil }: TonightRow) => ({
      ...keysOfSubscriber(state, { subscriberId, hold: subscriptionId }),
      ...(may(state, "hold:write") && holdUntil === null
        ? { h: `/admin/tonight/${subscriptionId}/hold` }
        : {}),
    }),
    chips: chipsOf({ tonight, frame }, state),
    active: activeFilters(
      frame,
      { q: t("tables.by_text", { text: q ?? "" }), site: t("tables.by_site", { name: "?" }) },
      tonight.sites.some(({ id }) => id === siteId) ? ["site"] : [],
    ),
    search: t("tables.tonight_search"),
    empty: (
      <EmptyState icon={view === "held" ? "hold" : "tonight"} title={t(`tables.tonight_none_${view}`)}>
        {t(`tables.tonight_why_${view}`)}
      </EmptyState>
    ),
    select: {
      value: (row: TonightRow) => row.subscriptionId,
      label: (row: TonightRow) => t("tables.select_row", { name: row.name }),
    },
    bulk: may(state, "hold:write") ? actionsFor(state, view) : [],
  };
}

/** The sites of the rows, where there are several. */
function chipsOf(
  { tonight: { sites, filter }, frame }: Pick<TonightPageData, "tonight" | "frame">,
  { t }: AppState,
): FilterChip[] | undefined {
  if (sites.length < 2 && filter.siteId === undefined) return undefined;
  return [
    {
      label: t("tables.all_sites"),
      href: listHref(frame, { site: undefined }),
      isCurrent: filter.siteId === undefined,
    },
    ...sites.map((site) => ({
      label: site.name,
      href: listHref(frame, { site: site.id }),
      count: site.count,
      isCurrent: site.id === filter.siteId,
    })),
  ];
}

function actionsFor({ t }: AppState, view: TonightView): BulkAction[] {
  const hold: BulkAction = { label: t("tables.bulk_hold"), action: "/admin/bulk/hold", icon: "hold" };
  const exclude: BulkAction = { label: t("tables.bulk_exclude"), action: "/admin/bulk/exclude" };
  if (view === "held") return [{ label: t("tables.bulk_end"), action: "/admin/bulk/end-hold" }];
  if (view === "cut") return [hold, exclude];
  return view === "soon" ? [hold] : [];
}
