import { HttpError } from "fresh";
import { readInput } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { routerForm } from "@/web/route_table/demo.ts";

export const handler = define.handlers({
  async POST(ctx) {
    if (ctx.state.demo === null) throw new HttpError(404);
    const { router, plugged } = readInput(ctx.state, routerForm);
    await ctx.state.demo.setPlugged(router, plugged === "yes");
    return ctx.redirect(`/admin/demo?done=${plugged === "yes" ? "plugged" : "unplugged"}`, 303);
  },
});
