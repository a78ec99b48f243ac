import { page } from "fresh";
import { readInput, readParams } from "@/web/app/form/input.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { decisionQuery } from "@/web/route_table/decisions.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { DecisionPage } from "../(_parts)/DecisionPage.tsx";
import { loadDecision } from "../(_parts)/load_decision.ts";

export default define.page<typeof handler>(({ data, state }) => <DecisionPage view={data} state={state} />);

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "bill:read",
    params: idParams,
    input: decisionQuery,
    summary: "What is to be decided about the bills of a connection",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    return page(await loadDecision(ctx.state, { id, ...readInput(ctx.state, decisionQuery) }));
  },
});
