import type { AppState } from "@/web/app/state.ts";
import type { BulkAction } from "@/web/components/BulkBar.tsx";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { listHref } from "@/web/components/list_frame.ts";
import { ListTable } from "@/web/components/ListTable.tsx";
import { may } from "@/web/app/page_context.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import { keysOfSubscriber } from "../../(_lists)/keys_of.ts";
import { columnsFor } from "./columns.tsx";
import type { TonightView } from "./load_tonight.ts";
import type { TonightPageData } from "./TonightPage.tsx";

/** The rows of one part of the list, with what may be done about each. */
export function TonightTable({ data, state }: { data: TonightPageData; state: AppState }) {
  const { tonight, frame } = data;
  const { view, siteId, q } = tonight.filter;
  const { t } = state;
  const hasSites = tonight.sites.length > 1 || siteId !== undefined;
  return (
    <ListTable
      frame={frame}
      caption={t("tonight.caption", { day: tonight.preview.businessOn.toString() })}
      rows={tonight.rows}
      rowHref={(row) => `/admin/subscribers/${row.subscriberId}`}
      rowNote={(row) => <CodeText>{row.accountNumber}</CodeText>}
      rowKeys={({ subscriberId, subscriptionId, holdUntil }) => ({
        ...keysOfSubscriber(state, { subscriberId, hold: subscriptionId }),
        ...(may(state, "hold:write") && holdUntil === null
          ? { h: `/admin/tonight/${subscriptionId}/hold` }
          : {}),
      })}
      columns={columnsFor(data, state)}
      next={tonight.next}
      previous={tonight.previous}
      total={tonight.total}
      sort="name"
      chips={hasSites
        ? [
          {
            label: t("tables.all_sites"),
            href: listHref(frame, { site: undefined }),
            isCurrent: siteId === undefined,
          },
          ...tonight.sites.map((site) => ({
            label: site.name,
            href: listHref(frame, { site: site.id }),
            count: site.count,
            isCurrent: site.id === siteId,
          })),
        ]
        : undefined}
      active={activeFilters(
        frame,
        { q: t("tables.by_text", { text: q ?? "" }), site: t("tables.by_site", { name: "?" }) },
        tonight.sites.some(({ id }) => id === siteId) ? ["site"] : [],
      )}
      search={t("tables.tonight_search")}
      empty={
        <EmptyState icon={view === "held" ? "hold" : "tonight"} title={t(`tables.tonight_none_${view}`)}>
          {t(`tables.tonight_why_${view}`)}
        </EmptyState>
      }
      select={{
        value: (row) => row.subscriptionId,
        label: (row) => t("tables.select_row", { name: row.name }),
      }}
      bulk={may(state, "hold:write") ? actionsFor(state, view) : []}
    />
  );
}

function actionsFor({ t }: AppState, view: TonightView): BulkAction[] {
  const hold: BulkAction = { label: t("tables.bulk_hold"), action: "/admin/bulk/hold", icon: "hold" };
  const exclude: BulkAction = { label: t("tables.bulk_exclude"), action: "/admin/bulk/exclude" };
  if (view === "held") return [{ label: t("tables.bulk_end"), action: "/admin/bulk/end-hold" }];
  if (view === "cut") return [hold, exclude];
  return view === "soon" ? [hold] : [];
}
