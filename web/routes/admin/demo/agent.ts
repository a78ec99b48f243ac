import { refused } from "@/web/app/refused.ts";
import { readInput } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { agentForm } from "@/web/route_table/demo.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

export const route: RouteEntries = {
  POST: {
    audience: "staff",
    permission: "demo:control",
    input: agentForm,
    summary: "Kill or start the agent of a site",
  },
};

export const handler = define.handlers({
  async POST(ctx) {
    if (ctx.state.demo === null) throw refused("not_found");
    const { action, site } = readInput(ctx.state, agentForm);
    await (action === "kill" ? ctx.state.demo.killAgent(site) : ctx.state.demo.startAgent(site));
    return ctx.redirect(`/admin/demo?done=agent_${action === "kill" ? "killed" : "started"}`, 303);
  },
});
