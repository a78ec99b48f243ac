import { ok } from "@/shared/result.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { routerForm } from "@/web/route_table/demo.ts";
import { changeTour, parseTour } from "@/web/services/demo/demo_tour.ts";

export const { handler, route } = define.action({
  input: routerForm,
  permission: "demo:control",
  summary: "Unplug a router",
  submit: async ({ router, plugged }, { state }) => {
    const demo = found(state.demo);
    const session = requireSession(state);
    const tour = parseTour(session.preferences);
    if (tour?.status === "on") {
      // Before the cable is back: what it looked like without it has been seen.
      const action = plugged === "yes"
        ? { kind: "plugged" } as const
        : { kind: "unplugged", router } as const;
      await changeTour(state.services, session.tenantId, session.staffUserId, { tour, action });
    }
    await demo.setPlugged(router, plugged === "yes");
    return ok(plugged);
  },
  done: (plugged) => `/admin/demo?done=${plugged === "yes" ? "plugged" : "unplugged"}`,
});
