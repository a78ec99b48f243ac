import type { z } from "zod";
import type { ServiceContext } from "@/web/services/context.ts";

/** What a job's handler gets from the process that runs it. */
export interface JobRun {
  context: ServiceContext;
  /** Adds a job outside of any transaction; one with the same key that waits or runs already is left alone. */
  send<Data extends z.ZodType>(job: Job<Data>, data: z.input<Data>): Promise<void>;
}

/** A kind of work that is done later, perhaps by another process, and may be repeated. */
export interface Job<Data extends z.ZodType = z.ZodType> {
  /** Also the name of its queue. */
  id: string;
  /** What it carries. */
  data: Data;
  /** When it is due by itself, as cron says it. */
  schedule?: string;
  /** Of those with the same key one waits or runs at a time. */
  keyOf?(data: z.output<Data>): string;
  /** Tries after the first. @default 0 */
  retryLimit?: number;
  /** Longer and longer between the tries. @default false */
  retryBackoff?: boolean;
  /** How many may wait and run: `exclusive` one of a key in all, `short` one that waits. @default "exclusive" */
  policy?: "exclusive" | "short";
  /** Does it; what it needs is loaded when the first one is done, so that use cases may name jobs. */
  handle(run: JobRun, data: z.output<Data>): Promise<void>;
}

/** Gives the parts of a job their types. */
export function defineJob<Data extends z.ZodType>(job: Job<Data>): Job<Data> {
  return job;
}
