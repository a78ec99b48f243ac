import { ok } from "@/shared/result.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { agentForm } from "@/web/route_table/demo.ts";

export const { handler, route } = define.action({
  input: agentForm,
  permission: "demo:control",
  summary: "Kill or start the agent of a site",
  submit: async ({ action, site }, { state }) => {
    const demo = found(state.demo);
    await (action === "kill" ? demo.killAgent(site) : demo.startAgent(site));
    return ok(action);
  },
  done: (action) => `/admin/demo?done=agent_${action === "kill" ? "killed" : "started"}`,
});
