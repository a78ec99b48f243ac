import { z } from "zod";
import { SCHEDULER } from "@/web/services/context.ts";
import { defineJob } from "./define_job.ts";

/** Runs the business days of a tenant that are due. */
export const runDueDaysJob = defineJob({
  id: "run_due_days",
  data: z.object({ tenantId: z.uuid() }),
  keyOf: ({ tenantId }) => tenantId,
  // The days of a web that died are run again at once; what failed is tried once more, then waits for its minute.
  retryLimit: 1,
  async handle({ context }, { tenantId }) {
    const { expireOverdueCommands } = await import("@/web/services/network/commands/expire_commands.ts");
    const { noteAgentsAway } = await import("@/web/services/network/network_log.ts");
    const { watchClock } = await import("@/web/services/billing/watch_clock.ts");
    const { runDueDays } = await import("@/web/services/billing/run_due_days.ts");
    await expireOverdueCommands(context, tenantId);
    await noteAgentsAway(context, tenantId);
    if (!(await watchClock(context, tenantId)).isBelieved) return;
    const reports = await runDueDays(context, tenantId, SCHEDULER);
    if (reports.ok && reports.value.length > 0) {
      context.log.debug("days_run", { tenantId, days: reports.value.length });
    }
  },
});
