import { z } from "zod";
import { defineJob } from "./define_job.ts";

/** Deletes dead sessions and what is old in the security log. */
export const cleanUpAccessJob = defineJob({
  id: "clean_up_access",
  data: z.object({}),
  schedule: "23 * * * *",
  async handle({ context }) {
    const { cleanUpAccess } = await import("@/web/services/access/clean_up_access.ts");
    await cleanUpAccess(context);
  },
});
