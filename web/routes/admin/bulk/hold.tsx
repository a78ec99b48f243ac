import { define } from "@/web/app/state.ts";
import { DateField } from "@/web/components/form/NumberField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { HOLD_DAYS_MAX } from "@/web/domain/cuts/limits.ts";
import { holdRowForm } from "@/web/route_table/tonight.ts";
import { bulkHold } from "@/web/services/cuts/bulk_holds.ts";
import { suggestedHold } from "../tonight/(_parts)/suggested_hold.ts";
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
  input: holdRowForm,
  permission: "hold:write",
  audit: "bulk.hold",
  summary: "Hold many connections until a date",
  title: ({ t }) => t("tables.hold_title"),
  labels: { until: "tables.hold_until", reason: "tables.reason" },
  values: (_loaded, { moment }) => ({ until: suggestedHold(moment.today) }),
  blocked: (view) => blockedAt(view, freeOf(view.loaded).length, view.t("tables.hold_none")),
  question: ({ t, loaded }) => questionOf(loaded, t("tables.hold_question", { n: freeOf(loaded).length })),
  effect: ({ t, loaded }) => {
    const free = freeOf(loaded);
    const held = loaded.rows.filter((row) => row.hold_until !== null).length;
    const cut = loaded.rows.length - held - free.length;
    return effectOf(
      t("tables.hold_effect", { n: free.length, owed: owedBy(free) }),
      held > 0 && t("tables.hold_same", { n: held }),
      cut > 0 && t("tables.hold_cut", { n: cut }),
    );
  },
  verb: ({ t, loaded }) => t("tables.hold_verb", { n: freeOf(loaded).length }),
  children: ({ t, loaded, field, moment: { today } }) => (
    <>
      <TickedRows of={loaded} />
      <DateField {...field("until")} min={today} max={today.add({ days: HOLD_DAYS_MAX })} />
      <TextField {...field("reason")} hint={t("tables.reason_hint")} autofocus />
    </>
  ),
  submit: ({ until, reason }, submission) =>
    bulkHold(...submission.call, { ...targetsOf(submission), untilOn: until, reason }),
  at: { hold_in_past: "until", hold_too_long: "until" },
  done: (outcome, submission) => listAfter("bulk_held", outcome, submission),
});

export default question.page;
export const { handler, route } = question;

/** Who is neither held nor cut. */
function freeOf({ rows }: ManyRows) {
  return rows.filter((row) => row.hold_until === null && !row.is_cut);
}
