import { noFields } from "@/web/app/form/no_fields.ts";
import { address, momentOf } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { planCutRun } from "@/web/services/cuts/plan_cut_run.ts";

/** Makes a list by hand for those who became due after the day's run; running it is asked for on the next page. */
export const { handler, route } = define.action({
  input: noFields,
  permission: "cut_run:run",
  summary: "Make a list of who may be cut now, after the day's run",
  submit: (_input, { call, state }) =>
    planCutRun(...call, { businessOn: momentOf(state).today, trigger: "manual" }),
  done: ({ rows, runId }) =>
    rows === 0
      ? address("/admin/tonight", { done: "nothing_due" })
      : address("/admin/tonight/run", { run: runId }),
});
