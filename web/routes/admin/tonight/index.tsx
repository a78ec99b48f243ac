import type { z } from "zod";
import { pageOfRows } from "@/web/app/list/page_of_rows.ts";
import { define } from "@/web/app/state.ts";
import { tonightQuery } from "@/web/route_table/tonight.ts";
import { columnsFor, FILE_ORDER } from "./(_parts)/columns.tsx";
import { loadTonight, type TonightFilter } from "./(_parts)/load_tonight.ts";
import { tableOf } from "./(_parts)/table_of.tsx";
import { titleOf, TonightPage } from "./(_parts)/TonightPage.tsx";

type Query = z.output<typeof tonightQuery>;

export const list = define.list({
  name: "tonight",
  path: () => "/admin/tonight",
  query: tonightQuery,
  filter: ({ query }) => filterOf(query),
  count: () => Promise.resolve(null),
  // The rules decide about everybody at once: the parts of the list, their counts and the rows come from one reading.
  more: (trx, { moment, query }) => loadTonight(trx, moment, filterOf(query), query.sort),
  read: (_trx, _filter, page, { more: { rows } }) =>
    Promise.resolve(pageOfRows(rows, (row) => row.subscriptionId, page)),
  permission: "cut_run:read",
  summary: "Who the next run will cut, and who not",
  live: ["tonight", "money"],
  title: ({ t, moment }) => titleOf(t, moment),
  total: ({ more: { rows } }) => rows.length,
  sort: "name",
  columns: ({ t, state, moment, more: tonight, rows }) => columnsFor({ moment, tonight, rows }, state, t),
  fileOrder: FILE_ORDER,
  fileName: ({ query: { view = "cut" }, moment }) => `tonight-${view}-${moment.today}`,
  table: ({ state, moment, more: tonight, frame, rows }) => tableOf({ moment, tonight, frame, rows }, state),
  page: ({ state, query, problems, moment, more: tonight, frame, rows }, { table, fileButton }) => (
    <TonightPage
      data={{ moment, tonight, frame, rows }}
      state={state}
      done={noticeOf(query)}
      problems={problems}
      table={table}
      fileButton={fileButton}
    />
  ),
});

export default list.page;
export const { handler, route } = list;

function filterOf({ view = "cut", site: siteId, q }: Query): TonightFilter {
  return { view, siteId, q };
}

function noticeOf({ done, n = 1, same = 0, left = 0 }: Query) {
  return done === undefined ? null : { done, changed: n, same, left };
}
