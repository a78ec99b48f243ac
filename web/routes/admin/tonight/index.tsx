import { page } from "fresh";
import { readInput } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { tonightQuery } from "@/web/route_table/tonight.ts";
import { momentOf, readPage } from "../(_billing)/page_context.ts";
import { loadTonight } from "./(_parts)/load_tonight.ts";
import { freshBulkValues } from "./(_parts)/refuse.ts";
import { TonightPage, type TonightPageData } from "./(_parts)/TonightPage.tsx";

export default define.page<typeof handler>(({ data, state }) => <TonightPage data={data} state={state} />);

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = "Tonight";
    const { view = "cut", site, after, done, n = 1, left = 0 } = readInput(ctx.state, tonightQuery);
    const moment = momentOf(ctx.state);
    const tonight = await readPage(
      ctx.state,
      (trx) => loadTonight(trx, moment, { view, siteId: site, after }),
    );
    return page<TonightPageData>({
      moment,
      tonight,
      done: done === undefined ? null : { done, changed: n, left },
      problems: {},
      values: freshBulkValues(moment.today),
    });
  },
});
