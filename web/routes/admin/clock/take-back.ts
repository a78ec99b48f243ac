import { ok } from "@/shared/result.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { address } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { takeBackFuture } from "@/web/services/billing/take_back_future.ts";

export const { handler, route } = define.action({
  input: noFields,
  permission: "clock:confirm",
  audit: "clock.taken_back",
  summary: "Take back the bills and cuts of days that had not come",
  submit: async (_input, { call }) => {
    const done = await takeBackFuture(...call);
    // Sent twice: the first has done it.
    return !done.ok && done.code === "nothing_to_take_back" ? ok(null) : done;
  },
  done: (taken) =>
    taken === null ? "/admin/clock" : address("/admin/clock", {
      done: "taken_back",
      bills: String(taken.bills),
      restored: String(taken.restored),
    }),
});
