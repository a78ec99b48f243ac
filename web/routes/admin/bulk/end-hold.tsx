import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { bulkEndHold } from "@/web/services/cuts/bulk_holds.ts";
import {
  aboutMany,
  blockedAt,
  effectOf,
  listAfter,
  type ManyRows,
  owedBy,
  questionOf,
  targetsOf,
  TickedRows,
} from "./(_parts)/about_many.tsx";

const question = define.question({
  ...aboutMany,
  input: noFields,
  permission: "hold:write",
  audit: "bulk.end_hold",
  summary: "End the holds of many connections",
  title: ({ t }) => t("tables.end_title"),
  blocked: (view) => blockedAt(view, heldOf(view.loaded).length, view.t("tables.end_none")),
  question: ({ t, loaded }) => questionOf(loaded, t("tables.end_question", { n: heldOf(loaded).length })),
  effect: ({ t, loaded }) => {
    const held = heldOf(loaded);
    const rest = loaded.rows.length - held.length;
    return effectOf(
      t("tables.end_effect", { n: held.length, owed: owedBy(held) }),
      rest > 0 && t("tables.end_same", { n: rest }),
    );
  },
  verb: ({ t, loaded }) => t("tables.end_verb", { n: heldOf(loaded).length }),
  children: ({ loaded }) => <TickedRows of={loaded} />,
  submit: (_input, submission) => bulkEndHold(...submission.call, targetsOf(submission)),
  done: (outcome, submission) => listAfter("bulk_ended", outcome, submission),
});

export default question.page;
export const { handler, route } = question;

function heldOf({ rows }: ManyRows) {
  return rows.filter((row) => row.hold_until !== null);
}
