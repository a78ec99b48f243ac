import { page } from "fresh";
import type { HostPage } from "@/web/app/form/define_part.ts";
import { typed } from "@/web/app/frame/page_context.ts";
import { DecisionPage } from "./DecisionPage.tsx";
import { type DecisionView, loadDecision } from "./load_decision.ts";

/** The page of a decision, for the forms that stand on it. */
export const onDecision: HostPage<{ id: string }, DecisionView> = {
  path: ({ id }) => `/admin/decisions/${id}`,
  page: ({ data, state }) => <DecisionPage view={data} state={state} />,
  refuse: async (ctx, problems) => {
    const { id } = ctx.state.params as { id: string };
    const [plan, price] = [typed(ctx.state, "plan"), typed(ctx.state, "price")];
    const wanted = {
      id,
      problems,
      plan: plan === "" ? undefined : plan,
      price: price === "" ? undefined : price,
    };
    return page(await loadDecision(ctx.state, wanted), { status: 422 });
  },
};
