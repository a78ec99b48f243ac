import { may } from "@/web/app/frame/page_context.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { listHref } from "@/web/components/list/list_frame.ts";
import { APPROVAL_KIND_IDS } from "@/web/domain/approvals/mod.ts";
import { approvalsQuery, REQUEST_VIEWS } from "@/web/route_table/approvals.ts";
import { countRequests, listRequests } from "@/web/store/approvals/requests_page.ts";
import { countRunsThatWait } from "@/web/store/approvals/waiting_runs.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { columnsFor } from "./(_parts)/columns.tsx";
import { filterOf, viewOf } from "./(_parts)/filter.ts";
import { kindText } from "./(_parts)/request_words.tsx";

const PATH = "/admin/approvals";

export const list = define.list({
  name: "approvals",
  path: () => PATH,
  query: approvalsQuery,
  filter: ({ state, query }) => filterOf(state, query),
  ticked: (ids) => ({ ids }),
  count: (trx, filter) => countRequests(trx, filter),
  more: async (trx, { query, state }) => ({
    subscriber: query.subscriber === undefined ? null : await findSubscriber(trx, query.subscriber),
    runs: may(state, "cut_run:read") ? await countRunsThatWait(trx) : 0,
  }),
  read: (trx, filter, page) => listRequests(trx, filter, page),
  permission: "approval:read",
  summary: "Requests for an approval, newest first",
  live: ["approvals", "tonight"],
  title: ({ t }) => t("tables.list_approvals"),
  lead: ({ t, query, state }) => t(`approvals.lead_${viewOf(state, query.view)}`),
  actions: ({ t, state }) =>
    may(state, "settings:read") && (
      <LinkButton href="/admin/settings/approvals" icon="settings">{t("approvals.policies")}</LinkButton>
    ),
  above: ({ t, query, more: { runs } }) => (
    <>
      {query.done === "nothing_ticked" && <Banner tone="warn" live>{t("tables.nothing_ticked")}</Banner>}
      {runs > 0 && (
        <Banner
          tone="warn"
          title={t("approvals.runs_title", { n: runs })}
          actions={<LinkButton href="/admin/tonight">{t("approvals.runs_open")}</LinkButton>}
        >
          {t("approvals.runs_note")}
        </Banner>
      )}
    </>
  ),
  total: ({ counts }) => counts,
  sort: "-asked",
  columns: ({ t, moment }) => columnsFor(t, moment),
  table: ({ t, state, frame, query, more: { subscriber } }) => {
    const shown = viewOf(state, query.view);
    return {
      rowHref: (row) => `${PATH}/${row.id}`,
      chips: [
        ...REQUEST_VIEWS.map((view) => ({
          label: t(`approvals.view_${view}`),
          href: listHref(frame, { view }),
          isCurrent: view === shown,
        })),
        ...APPROVAL_KIND_IDS.map((kind) => ({
          label: kindText(kind, t),
          href: listHref(frame, { kind: query.kind === kind ? undefined : kind }),
          isCurrent: query.kind === kind,
        })),
      ],
      active: activeFilters(frame, {
        q: t("tables.by_text", { text: query.q ?? "" }),
        subscriber: t("tables.by_subscriber", { name: subscriber?.name ?? "?" }),
        state: query.state && t("tables.by_status", { word: t(`approvals.state_${query.state}`) }),
      }, ["view", "kind"]),
      search: t("approvals.search"),
      noneMatch: query.q === undefined ? undefined : t("tables.none_match_text", { text: query.q }),
      empty: (
        <EmptyState icon="check" title={t(`approvals.none_${shown}`)}>
          {t("approvals.none_note")}
        </EmptyState>
      ),
      select: {
        value: (row) => row.id,
        label: (row) => t("tables.select_row", { name: row.subject_label }),
      },
      bulk: [
        ...(shown === "decide"
          ? [
            {
              label: t("approvals.bulk_approve"),
              action: `${PATH}/many?decide=approve`,
              icon: "check" as const,
            },
            { label: t("approvals.bulk_decline"), action: `${PATH}/many?decide=decline` },
          ]
          : []),
        { label: t("tables.bulk_csv"), action: `${PATH}.csv`, icon: "export" as const },
      ],
    };
  },
});

export default list.page;
export const { handler, route } = list;
