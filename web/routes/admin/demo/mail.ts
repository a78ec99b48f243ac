import { ok } from "@/shared/result.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { mailFaultForm } from "@/web/route_table/demo.ts";

export const { handler, route } = define.action({
  input: mailFaultForm,
  permission: "demo:control",
  summary: "Break or mend the mail server",
  submit: async ({ fault, on }, { state }) => {
    await found(state.demo).setMailFault(fault, on === "yes");
    return ok({ fault, on });
  },
  done: ({ fault, on }) => `/admin/demo?done=mail_${on === "yes" ? fault : "well"}`,
});
