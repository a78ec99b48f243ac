import { z } from "zod";
import { lookupTenants } from "@/web/store/access/staff.ts";
import { defineJob } from "./define_job.ts";
import { runDueDaysJob } from "./run_due_days.ts";

/** Asks every tenant's days for their turn. A tenant that is being worked on or waits already is left alone. */
export const tickJob = defineJob({
  id: "tick",
  data: z.object({}),
  schedule: "* * * * *",
  policy: "short",
  async handle({ context, send }) {
    for (const tenantId of await lookupTenants(context.db)) await send(runDueDaysJob, { tenantId });
  },
});
