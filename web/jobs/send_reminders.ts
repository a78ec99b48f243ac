import { z } from "zod";
import { defineJob } from "./define_job.ts";

/** Queues the mails of many bills that a person asked for: reminders, or the bills themselves. */
export const sendRemindersJob = defineJob({
  id: "send_reminders",
  data: z.object({ tenantId: z.uuid(), batchId: z.uuid() }),
  keyOf: ({ batchId }) => batchId,
  retryLimit: 3,
  async handle({ context }, { tenantId, batchId }) {
    const { sendBatch } = await import("@/web/services/mail/mail_many.ts");
    await sendBatch(context, tenantId, batchId);
  },
});
