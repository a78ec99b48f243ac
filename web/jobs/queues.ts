import { z } from "zod";

/** Every queue with what its jobs carry. */
export const QUEUES = {
  /** Every minute: asks which tenants have days to run. */
  tick: z.object({}),
  /** Every hour: deletes dead sessions and what is old in the security log. */
  clean_up_access: z.object({}),
  /** One at a time per tenant. */
  run_due_days: z.object({ tenantId: z.uuid() }),
  run_import: z.object({ tenantId: z.uuid(), batchId: z.uuid() }),
} as const;

/** Name of a queue. */
export type QueueName = keyof typeof QUEUES;
/** What a job of a queue carries. */
export type JobData<Q extends QueueName> = z.infer<(typeof QUEUES)[Q]>;

/** Schema of pg-boss; it belongs to the owner, the web only works in it (decision R9). */
export const JOBS_SCHEMA = "pgboss";
