import { refused } from "@/web/app/refused.ts";
import { readInput, requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { routerForm } from "@/web/route_table/demo.ts";
import { changeTour, parseTour } from "@/web/services/demo/demo_tour.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

export const route: RouteEntries = {
  POST: {
    audience: "staff",
    permission: "demo:control",
    input: routerForm,
    summary: "Unplug a router",
  },
};

export const handler = define.handlers({
  async POST(ctx) {
    const { demo, services } = ctx.state;
    if (demo === null) throw refused("not_found");
    const { router, plugged } = readInput(ctx.state, routerForm);
    const session = requireSession(ctx.state);
    const tour = parseTour(session.preferences);
    if (tour?.status === "on") {
      // Before the cable is back: what it looked like without it has been seen.
      const action = plugged === "yes"
        ? { kind: "plugged" } as const
        : { kind: "unplugged", router } as const;
      await changeTour(services, session.tenantId, session.staffUserId, { tour, action });
    }
    await demo.setPlugged(router, plugged === "yes");
    return ctx.redirect(`/admin/demo?done=${plugged === "yes" ? "plugged" : "unplugged"}`, 303);
  },
});
