import type { Context } from "fresh";
import type { z } from "zod";
import type { Result } from "@/shared/result.ts";
import { readInput, requireSession } from "@/web/app/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { bulkForm } from "@/web/route_table/tonight.ts";
import { excludeFromRun } from "@/web/services/exclude_from_run.ts";
import { holdSubscription } from "@/web/services/hold_subscription.ts";
import { actorOf, momentOf, readPage, typed } from "../(_billing)/page_context.ts";
import { sentence } from "../(_billing)/words.ts";
import type { BulkValues } from "./(_parts)/BulkForm.tsx";
import { listViewIds } from "./(_parts)/load_tonight.ts";
import { refuseOnTonight } from "./(_parts)/refuse.ts";
import { backTo, placeOf } from "./(_parts)/row_action.ts";
import { TonightPage } from "./(_parts)/TonightPage.tsx";

type BulkInput = z.infer<typeof bulkForm>;

export default define.page<typeof handler>(({ data, state }) => <TonightPage data={data} state={state} />);

export const handler = define.handlers({
  // The address of a refused form, opened again.
  GET: (ctx) => ctx.redirect("/admin/tonight", 303),
  async POST(ctx) {
    const place = placeOf(ctx.state);
    const { inputProblems } = ctx.state;
    if (inputProblems !== null) {
      return await refuseOnTonight(ctx.state, place, inputProblems, typedValues(ctx));
    }
    const form = readInput(ctx.state, bulkForm);
    const moment = momentOf(ctx.state);
    const ids = form.everyone ? await readPage(ctx.state, (trx) => listViewIds(trx, moment, place)) : form.id;
    const outcome = await actOnAll(ctx.state, form, ids);
    if (outcome.changed === 0) {
      const problems = { [fieldOf(outcome.code)]: outcome.message };
      return await refuseOnTonight(ctx.state, place, problems, typedValues(ctx));
    }
    const done = form.action === "hold" ? "held" : "excluded";
    return ctx.redirect(backTo(place, done, { n: outcome.changed, left: outcome.left }), 303);
  },
});

/** One row after the other, each in a transaction of its own: one that was changed meanwhile keeps no other back. */
async function actOnAll(state: AppState, form: BulkInput, ids: readonly string[]) {
  let changed = 0;
  const outcome = { code: "nobody_left", message: "Nobody is left on this list." };
  for (const id of new Set(ids)) {
    const result = await actOn(state, form, id);
    if (result.ok) changed++;
    else Object.assign(outcome, { code: result.code, message: sentence(result.message) });
  }
  return { ...outcome, changed, left: new Set(ids).size - changed };
}

async function actOn(state: AppState, form: BulkInput, subscriptionId: string): Promise<Result<unknown>> {
  const { tenantId } = requireSession(state);
  const { reason } = form;
  if (form.until === null) {
    const input = { subscriptionId, businessOn: form.on, reason };
    return await excludeFromRun(state.services, tenantId, actorOf(state), input);
  }
  const input = { subscriptionId, untilOn: form.until, reason };
  return await holdSubscription(state.services, tenantId, actorOf(state), input);
}

/** Where a refusal that concerns every row is shown. */
function fieldOf(code: string): string {
  if (code === "hold_in_past" || code === "hold_too_long") return "until";
  return code.startsWith("reason") ? "reason" : "";
}

function typedValues({ state }: Context<AppState>): BulkValues {
  return {
    until: typed(state, "until"),
    reason: typed(state, "reason"),
    ids: [state.inputValues.id ?? []].flat(),
    everyone: typed(state, "everyone") === "yes",
  };
}
