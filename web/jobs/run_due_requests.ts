import { z } from "zod";
import { eachInTurn } from "@/web/services/each_in_turn.ts";
import { forEachTenant } from "./for_each_tenant.ts";
import { defineJob } from "./define_job.ts";

/**
 * Closes requests for an approval whose time is over, and carries out what waited for its cooling-off time alone. Ends
 * what is left of requests that were decided together.
 */
export const runDueRequestsJob = defineJob({
  id: "run_due_requests",
  data: z.object({}),
  schedule: "*/5 * * * *",
  async handle({ context }) {
    const { runDueRequests } = await import("@/web/services/approvals/run_due_requests.ts");
    const { finishDecisionBatches } = await import("@/web/services/approvals/decide_many.ts");
    await forEachTenant(context, "tenant_requests_not_run", async (tenantId) => {
      const parts = [runDueRequests, finishDecisionBatches];
      const said = (_part: unknown, error: unknown) =>
        context.log.error("requests_not_run", { tenant_id: tenantId, error });
      await eachInTurn(parts, async (part) => void await part(context, tenantId), said);
    });
  },
});
