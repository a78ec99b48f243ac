import { z } from "zod";
import { defineJob } from "./define_job.ts";

/** Goes on with an erasure that has begun, where the request that began it left off or died. */
export const erasePersonJob = defineJob({
  id: "erase_person",
  data: z.object({ tenantId: z.uuid(), erasureId: z.uuid() }),
  keyOf: ({ erasureId }) => erasureId,
  retryLimit: 5,
  retryBackoff: true,
  async handle({ context }, { tenantId, erasureId }) {
    const { runErasure } = await import("@/web/services/privacy/run_erasure.ts");
    await runErasure(context, tenantId, erasureId);
  },
});
