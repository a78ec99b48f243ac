import { z } from "zod";
import { defineJob } from "./define_job.ts";

/** Does what the review of an import confirmed. */
export const runImportJob = defineJob({
  id: "run_import",
  data: z.object({ tenantId: z.uuid(), batchId: z.uuid() }),
  keyOf: ({ batchId }) => batchId,
  retryLimit: 5,
  retryBackoff: true,
  async handle({ context }, { tenantId, batchId }) {
    const { runImport } = await import("@/web/services/imports/run_import.ts");
    await runImport(context, tenantId, batchId);
  },
});
