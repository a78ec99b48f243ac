import { z } from "zod";
import type { Asked } from "@/web/app/form/form_types.ts";
import { define } from "@/web/app/state.ts";
import { TextField } from "@/web/components/form/TextField.tsx";
import { reasonText } from "@/web/route_table/fields.ts";
import { bulkExclude } from "@/web/services/cuts/bulk_holds.ts";
import { findNextCutDay } from "@/web/store/cuts/tonight.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import {
  aboutMany,
  blockedAt,
  effectOf,
  listAfter,
  owedBy,
  questionOf,
  readMany,
  targetsOf,
  TickedRows,
} from "./(_parts)/about_many.tsx";
import type { BulkInput } from "./(_parts)/targets.ts";

const question = define.question({
  ...aboutMany,
  input: z.object({ reason: reasonText }),
  load: async (trx: TenantTransaction, asked: Asked<unknown, BulkInput>) => ({
    ...await readMany(trx, asked),
    businessOn: (await findNextCutDay(trx, asked.moment.today)).businessOn,
  }),
  permission: "hold:write",
  audit: "bulk.exclude",
  summary: "Exclude many connections from one run",
  title: ({ t }) => t("tables.exclude_title"),
  labels: { reason: "tables.reason" },
  blocked: (view) => blockedAt(view, view.loaded.rows.length, view.t("tables.exclude_none")),
  question: ({ t, loaded }) => questionOf(loaded, t("tables.exclude_question", { n: loaded.rows.length })),
  effect: ({ t, loaded: { rows } }) =>
    effectOf(t("tables.exclude_effect", { n: rows.length, owed: owedBy(rows) })),
  verb: ({ t, loaded: { rows } }) => t("tables.exclude_verb", { n: rows.length }),
  children: ({ t, loaded, field }) => (
    <>
      <TickedRows of={loaded} />
      <p class="note">{t("tables.exclude_note")}</p>
      <TextField {...field("reason")} hint={t("tables.reason_hint")} autofocus />
    </>
  ),
  submit: ({ reason }, submission) =>
    bulkExclude(...submission.call, {
      ...targetsOf(submission),
      businessOn: submission.loaded.businessOn,
      reason,
    }),
  done: (outcome, submission) => listAfter("bulk_excluded", outcome, submission),
});

export default question.page;
export const { handler, route } = question;
