import { z } from "zod";
import type { Asked } from "@/web/app/form/form_types.ts";
import { define } from "@/web/app/state.ts";
import { bulkNeverBill } from "@/web/services/billing/bulk_decide.ts";
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
  input: z.object({}),
  load: async (trx: TenantTransaction, asked: Asked<unknown, BulkInput>) => {
    const many = await readMany(trx, asked);
    const open = (await listDecisions(trx, many.rows.map((row) => row.id))).filter((row) =>
      row.unexplained.length > 0
    );
    return { ...many, open };
  },
  permission: "bill_run:run",
  audit: "bulk.never_bill",
  summary: "Decide for many connections that days that nothing explains are never billed",
  title: ({ t }) => t("runs.bulk_never_title"),
  blocked: (view) => blockedAt(view, view.loaded.open.length, view.t("runs.decisions_none")),
  question: ({ t, loaded }) => questionOf(loaded, t("runs.bulk_never_question", { n: loaded.open.length })),
  effect: ({ t, loaded }) => t("runs.bulk_never_effect", { n: loaded.open.length }),
  verb: ({ t, loaded }) => t("runs.bulk_never_verb", { n: loaded.open.length }),
  children: ({ loaded }) => <TickedRows of={loaded} />,
  submit: (_input, submission) => bulkNeverBill(...submission.call, targetsOf(submission)),
  done: (outcome, submission) => listAfter("bulk_never_billed", outcome, submission),
});

export default question.page;
export const { handler, route } = question;
