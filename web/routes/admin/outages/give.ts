import { define } from "@/web/app/state.ts";
import { creditOutagesForm } from "@/web/route_table/outages.ts";
import { creditOutages } from "@/web/services/billing/credit_outages.ts";

export const { handler, route } = define.action({
  input: creditOutagesForm,
  permission: "memo:post",
  audit: "memo.issued",
  summary: "Credit the outages that the list shows",
  submit: ({ show, seen }, { call }) =>
    creditOutages(...call, {
      withRunning: show === "running",
      withHeld: show === "held",
      seenCentavos: seen,
    }),
  done: () => "/admin/outages/credits?done=given",
});
