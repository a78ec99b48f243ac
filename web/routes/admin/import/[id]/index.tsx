import { refusalText } from "@/web/app/errors/refusal_text.ts";
import { readPage } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { importReviewForm, type ProfileAnswer, profileAnswers } from "@/web/route_table/imports.ts";
import { saveImportReview } from "@/web/services/imports/save_import_review.ts";
import { findPlanByName } from "@/web/store/billing/plans.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { ImportPage } from "../(_parts)/ImportPage.tsx";
import { loadImport } from "../(_parts)/load_import.ts";
import { suggestedFirstBill } from "../(_parts)/review_answers.ts";
import { ReviewFields } from "../(_parts)/ReviewPart.tsx";

const WAIT_SECONDS = 2;

const form = define.form({
  params: idParams,
  input: importReviewForm,
  load: loadImport,
  permission: "import:run",
  audit: "import.reviewed",
  summary: "Save and check the review",
  readers: { permission: "import:read", summary: "One import: review, progress, report" },
  title: ({ t, loaded: { router } }) => t("import.from", { router: router.name }),
  live: ({ loaded: { batch } }) => [`import:${batch.id}`, "network"],
  refreshSeconds: ({ loaded: { batch: { status } } }) =>
    status === "reading" || status === "running" ? WAIT_SECONDS : undefined,
  labels: { firstBillOn: "import.first_bill", disabledPolicy: "import.disabled_label" },
  values: ({ batch, settings }, { moment }) => ({
    firstBillOn: suggestedFirstBill(batch, moment).toString(),
    disabledPolicy: settings.disabledPolicy,
  }),
  fields: (view) => <ReviewFields view={view} />,
  verb: ({ t, loaded: { batch } }) =>
    t(batch.first_bill_on === null ? "import.save_check" : "import.save_check_again"),
  // Once it was checked the check leads on.
  kind: ({ loaded: { batch } }) => batch.first_bill_on === null ? "primary" : "default",
  submit: async (input, { call, state, loaded: { batch } }) => {
    const answers = profileAnswers(input);
    const result = await saveImportReview(...call, {
      batchId: batch.id,
      firstBillOn: input.firstBillOn,
      disabledPolicy: input.disabledPolicy,
      profiles: answers.map(({ answer }) => answer),
      rows: [],
    });
    if (result.ok || (result.code !== "plan_name_taken" && result.code !== "plan_has_two_prices")) {
      return result;
    }
    const at = await readPage(state, (trx) => takenName(trx, answers)) ?? secondPrice(answers);
    return { problems: { [at === null ? "" : `plan.${at}`]: refusalText(state, result) } };
  },
  done: (_value, { loaded: { batch } }) => `/admin/import/${batch.id}`,
  page: (view, parts) => <ImportPage view={view} parts={parts} />,
});

export default form.page;
export const { handler, route } = form;

type Answers = readonly { at: number; answer: ProfileAnswer }[];

/** The first new plan whose name another plan has. */
async function takenName(trx: TenantTransaction, answers: Answers): Promise<number | null> {
  for (const { at, answer } of answers) {
    if ("newPlan" in answer && await findPlanByName(trx, answer.newPlan.name) !== null) return at;
  }
  return null;
}

/** The first new plan that repeats a name with another price. */
function secondPrice(answers: Answers): number | null {
  const prices = new Map<string, bigint>();
  for (const { at, answer } of answers) {
    if (!("newPlan" in answer)) continue;
    const { name, priceCentavos } = answer.newPlan;
    if ((prices.get(name) ?? priceCentavos) !== priceCentavos) return at;
    prices.set(name, priceCentavos);
  }
  return null;
}
