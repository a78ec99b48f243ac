import { page } from "fresh";
import { readInput } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { tonightQuery } from "@/web/route_table/tonight.ts";
import { momentOf, readPage } from "@/web/app/page_context.ts";
import { pageOf } from "@/web/app/list/frame.ts";
import { readTonight } from "./(_parts)/read_tonight.ts";
import { titleOf, TonightPage, type TonightPageData } from "./(_parts)/TonightPage.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

export default define.page<typeof handler>(({ data, state }) => <TonightPage data={data} state={state} />);

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "cut_run:read",
    input: tonightQuery,
    summary: "Who the next run will cut, and who not",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = titleOf(ctx.state.t, momentOf(ctx.state));
    ctx.state.live = ["tonight", "money"];
    const query = readInput(ctx.state, tonightQuery);
    const { view = "cut", site: siteId, q, per, done, n = 1, same = 0, left = 0 } = query;
    const request = { ...pageOf(query), per };
    const tonight = await readPage(
      ctx.state,
      (trx) => readTonight(trx, ctx.state, { view, siteId, q }, request),
    );
    return page<TonightPageData>({
      moment: momentOf(ctx.state),
      ...tonight,
      done: done === undefined ? null : { done, changed: n, same, left },
      problems: {},
    });
  },
});
