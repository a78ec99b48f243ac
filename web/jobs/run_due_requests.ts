import { z } from "zod";
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
    await forEachTenant(context, "requests_not_run", async (tenantId) => {
      await runDueRequests(context, tenantId);
      await finishDecisionBatches(context, tenantId);
    });
  },
});
