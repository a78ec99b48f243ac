import { z } from "zod";
import { defineJob } from "./define_job.ts";

/** Decides requests that a person decides together, one after the other. */
export const decideRequestsJob = defineJob({
  id: "decide_requests",
  data: z.object({ tenantId: z.uuid(), batchId: z.uuid() }),
  keyOf: ({ batchId }) => batchId,
  retryLimit: 3,
  async handle({ context }, { tenantId, batchId }) {
    const { runDecisionBatch } = await import("@/web/services/approvals/decide_many.ts");
    await runDecisionBatch(context, tenantId, batchId);
  },
});
