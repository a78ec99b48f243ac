import { page } from "fresh";
import { refusalText } from "@/web/app/errors/refusal_text.ts";
import { readInput, readParams, requireSession } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { importReviewForm, type ProfileAnswer } from "@/web/route_table/imports.ts";
import { type ReviewProblem, saveImportReview } from "@/web/services/imports/save_import_review.ts";
import { findPlanByName } from "@/web/store/billing/plans.ts";
import { actorOf, readPage } from "@/web/app/frame/page_context.ts";
import { ImportPage } from "../(_parts)/ImportPage.tsx";
import { loadImport } from "../(_parts)/load_import.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

export default define.page<typeof handler>(({ data, state }) => <ImportPage view={data} state={state} />);

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "import:read",
    params: idParams,
    summary: "One import: review, progress, report",
  },
  POST: {
    audience: "staff",
    permission: "import:run",
    params: idParams,
    input: importReviewForm,
    audit: "import.reviewed",
    summary: "Save and check the review",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id: batchId } = readParams(ctx.state, idParams);
    return page(await loadImport(ctx.state, { batchId }));
  },
  async POST(ctx) {
    const { state } = ctx;
    const { id: batchId } = readParams(state, idParams);
    const { tenantId } = requireSession(state);
    const refuse = async (problems: Record<string, string>) =>
      page(await loadImport(state, { batchId, problems }), { status: 422 });
    if (state.inputProblems !== null) return await refuse(state.inputProblems);
    const { firstBillOn, disabledPolicy, answers } = readInput(state, importReviewForm);
    const taken = await readPage(state, async (trx) => {
      for (const { at, answer } of answers) {
        if ("newPlan" in answer && await findPlanByName(trx, answer.newPlan.name) !== null) return at;
      }
      return null;
    });
    const result = await saveImportReview(state.services, tenantId, actorOf(state), {
      batchId,
      firstBillOn,
      disabledPolicy,
      profiles: answers.map(({ answer }) => answer),
      rows: [],
    });
    if (!result.ok) {
      return await refuse({ [fieldOf(result.code, { answers, taken })]: refusalText(ctx.state, result) });
    }
    return ctx.redirect(`/admin/import/${batchId}`, 303);
  },
});

/** The field that a refusal is shown at; the form as a whole where it is about none. */
function fieldOf(
  code: ReviewProblem,
  form: { answers: readonly { at: number; answer: ProfileAnswer }[]; taken: number | null },
): string {
  if (code === "first_bill_too_old" || code === "first_bill_too_far") return "firstBillOn";
  if (code === "plan_name_taken" || code === "plan_has_two_prices") {
    const twice = form.taken ?? secondPriceOf(form.answers);
    return twice === null ? "" : `plan.${twice}`;
  }
  return "";
}

/** The first new plan that repeats a name with another price. */
function secondPriceOf(answers: readonly { at: number; answer: ProfileAnswer }[]): number | null {
  const prices = new Map<string, bigint>();
  for (const { at, answer } of answers) {
    if (!("newPlan" in answer)) continue;
    const { name, priceCentavos } = answer.newPlan;
    if ((prices.get(name) ?? priceCentavos) !== priceCentavos) return at;
    prices.set(name, priceCentavos);
  }
  return null;
}
