import { z } from "zod";
import { defineJob } from "./define_job.ts";

/** Deletes lines of the system log that are older than each company keeps them. */
export const cleanUpLogJob = defineJob({
  id: "clean_up_log",
  data: z.object({}),
  schedule: "41 * * * *",
  async handle({ context }) {
    const { cleanUpLog } = await import("@/web/services/system_log/clean_up_log.ts");
    await cleanUpLog(context);
  },
});
