import { z } from "zod";
import type { Asked } from "@/web/app/form/form_types.ts";
import { define } from "@/web/app/state.ts";
import { formatPeso } from "@/shared/money/mod.ts";
import { bulkBillDays, offerMany } from "@/web/services/billing/bulk_decide.ts";
import { listDecisions } from "@/web/store/billing/parked_bills.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import {
  aboutMany,
  blockedAt,
  listAfter,
  questionOf,
  readMany,
  targetsOf,
  TickedRows,
} from "./(_parts)/about_many.tsx";
import type { BulkInput } from "./(_parts)/targets.ts";

const question = define.question({
  ...aboutMany,
  input: z.object({ total: z.string().max(40) }),
  load: async (trx: TenantTransaction, asked: Asked<unknown, BulkInput>) => {
    const many = await readMany(trx, asked);
    const open = (await listDecisions(trx, many.rows.map((row) => row.id))).filter((row) =>
      row.unexplained.length > 0
    );
    return { ...many, open, total: await offerMany(trx, asked.moment.tenant, many.rows) };
  },
  permission: "bill_run:run",
  audit: "bulk.bill_days",
  summary: "Decide for many connections that days that nothing explains are billed",
  title: ({ t }) => t("runs.bulk_bill_title"),
  blocked: (view) => blockedAt(view, view.loaded.open.length, view.t("runs.decisions_none")),
  question: ({ t, loaded }) => questionOf(loaded, t("runs.bulk_bill_question", { n: loaded.open.length })),
  effect: ({ t, loaded }) => t("runs.bulk_bill_effect", { amount: formatPeso(loaded.total) }),
  verb: ({ t, loaded }) => t("runs.bulk_bill_verb", { n: loaded.open.length }),
  children: ({ loaded }) => (
    <>
      <TickedRows of={loaded} />
      <input type="hidden" name="total" value={loaded.total.toString()} />
    </>
  ),
  submit: ({ total }, submission) => bulkBillDays(...submission.call, { ...targetsOf(submission), total }),
  done: (outcome, submission) => listAfter("bulk_days_billed", outcome, submission),
});

export default question.page;
export const { handler, route } = question;
