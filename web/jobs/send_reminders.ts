import { z } from "zod";
import { defineJob } from "./define_job.ts";

/** Queues the reminders that a person asked for of many bills. */
export const sendRemindersJob = defineJob({
  id: "send_reminders",
  data: z.object({ tenantId: z.uuid(), batchId: z.uuid() }),
  keyOf: ({ batchId }) => batchId,
  retryLimit: 3,
  async handle({ context }, { tenantId, batchId }) {
    const { sendReminders } = await import("@/web/services/mail/remind_many.ts");
    await sendReminders(context, tenantId, batchId);
  },
});
