import { define } from "@/web/app/state.ts";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { TitledTable } from "@/web/components/list/TitledTable.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { routerQuery } from "@/web/route_table/sites.ts";
import { listRouterDrift } from "@/web/store/network/sites_page.ts";
import { chipsOf, columnsFor, countOf } from "../(_parts)/differences.tsx";
import { isTestAwaited, loadRouter } from "../(_parts)/load_router.ts";
import { RouterPage } from "../(_parts)/RouterPage.tsx";

/** How often a page that waits for a test looks again. */
const WAIT_SECONDS = 2;

/** The page of a router is the list of its differences, with everything else that is known above and beside it. */
export const list = define.list({
  name: "drift",
  path: ({ id }) => `/admin/routers/${id}`,
  params: idParams,
  query: routerQuery,
  filter: ({ params: { id }, query: { drift: kind } }) => ({ id, kind }),
  count: () => Promise.resolve(null),
  more: (trx, { moment, params: { id: routerId }, query: { test: testId, answer: answerId } }) =>
    loadRouter(trx, moment, { routerId, testId, answerId }),
  read: (trx, { id, kind }, page) => listRouterDrift(trx, id, { kind }, page),
  permission: "router:read",
  summary: "One router: facts, drift, commands",
  live: ({ params: { id } }) => [`router:${id}`, "network"],
  refreshSeconds: ({ more }) => isTestAwaited(more) ? WAIT_SECONDS : undefined,
  title: ({ more: { router } }) => router.name,
  total: ({ more: { drifts }, query: { drift } }) => countOf(drifts, drift),
  sort: "user",
  columns: ({ t }) => columnsFor(t),
  table: ({ t, frame, query: { drift }, more: { drifts } }) => ({
    caption: t("network.drift_caption"),
    rowHref: (row) => row.subscriber_id === null ? frame.path : `/admin/subscribers/${row.subscriber_id}`,
    rowNote: (row) => row.subscriber_name,
    chips: chipsOf(t, frame, drifts, drift),
    noneMatch: t("network.drift_none_kind"),
    empty: <EmptyState icon="check" title={t("network.drift_none")} />,
  }),
  page: ({ t, state, more, query: { drift, done }, problems }, { table }) => (
    <RouterPage
      view={more}
      state={state}
      done={done}
      problems={problems}
      differences={(drift !== undefined || countOf(more.drifts, undefined) > 0) && (
        <TitledTable title={t("network.differences")}>{table}</TitledTable>
      )}
    />
  ),
});

export default list.page;
export const { handler, route } = list;
