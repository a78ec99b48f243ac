import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { listHref } from "@/web/components/list/list_frame.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { handChangesQuery } from "@/web/route_table/sites.ts";
import {
  countHandChanges,
  type HandChangeFilter,
  listHandChanges,
} from "@/web/store/network/hand_changes.ts";
import { findRouter } from "@/web/store/network/routers.ts";
import { changeColumns, subscriberOf } from "../(_parts)/hand_changes.tsx";

/** Everything that was changed on a router by hand, as far back as it is kept. */
export const list = define.list({
  name: "hand_changes",
  path: ({ id }) => `/admin/routers/${id}/changes`,
  params: idParams,
  query: handChangesQuery,
  filter: ({ params: { id: routerId }, query: { kind } }): HandChangeFilter => ({ routerId, kind }),
  count: () => Promise.resolve(null),
  more: async (trx, { params: { id } }) => ({
    router: found(await findRouter(trx, id)),
    counts: await countHandChanges(trx, id),
  }),
  read: (trx, filter, page) => listHandChanges(trx, filter, page),
  permission: "router:read",
  summary: "What was changed on a router by hand, newest first",
  live: ({ params: { id } }) => [`router:${id}`],
  title: ({ t, more: { router } }) => t("network.by_hand_on", { name: router.name }),
  lead: ({ t }) => t("network.by_hand_what"),
  back: ({ more: { router } }) => ({ href: `/admin/routers/${router.id}`, label: router.name }),
  total: ({ more: { counts }, query: { kind } }) =>
    counts.reduce((sum, each) => kind === undefined || each.kind === kind ? sum + each.changes : sum, 0),
  sort: "-found",
  columns: ({ t, moment: { now, zone } }) => [
    ...changeColumns(t, { now, zone }),
    { id: "service", head: t("network.service"), csv: (row) => row.ppp_service },
    { id: "subscriber", head: t("tables.subscriber"), csv: (row) => row.subscriber_name ?? "" },
    { id: "before", head: t("network.hand_before"), csv: (row) => row.before ?? "" },
    { id: "after", head: t("network.hand_after"), csv: (row) => row.after ?? "" },
    { id: "log", head: t("network.hand_log"), csv: (row) => row.said ?? "" },
    { id: "at", head: t("network.when"), csv: (row) => row.found_at.toString() },
  ],
  fileName: ({ more: { router }, moment: { today } }) => `changed-by-hand-${router.name}-${today}`,
  table: ({ t, frame, query: { kind }, more: { counts } }) => ({
    caption: t("network.by_hand_caption"),
    rowHref: subscriberOf,
    rowId: (row) => row.id,
    rowNote: (row) => row.subscriber_name,
    chips: [
      {
        label: t("tables.all_rows"),
        href: listHref(frame, { kind: undefined }),
        isCurrent: kind === undefined,
      },
      ...counts.map((each) => ({
        label: t(`network.hand_${each.kind}`),
        href: listHref(frame, { kind: each.kind }),
        count: each.changes,
        isCurrent: kind === each.kind,
      })),
    ],
    empty: <EmptyState icon="check" title={t("network.by_hand_none")} />,
  }),
});

export default list.page;
export const { handler, route } = list;
