import { z } from "zod";
import { type Centavos, centavos } from "@/shared/money/mod.ts";
import type { Occasion } from "./types.ts";

/** As jsonb keeps it: text, or a number that is exact. */
const amount = z.union([z.string().regex(/^\d{1,18}$/), z.int().nonnegative()])
  .transform((value): Centavos => centavos(BigInt(value)));
const day = z.iso.date().transform((text) => Temporal.PlainDate.from(text));
const time = z.string().regex(/^\d{2}:\d{2}(:\d{2})?$/).transform((text) => Temporal.PlainTime.from(text));

/**
 * What of a message is known only when it is queued, by occasion. What the books say is read when it is sent, so that a
 * mail that waited says what holds then.
 */
const OCCASION_FACTS = {
  bill_issued: z.object({}),
  payment_received: z.object({
    /** Connections that it brought back. */
    restored: z.array(z.uuid()).max(1000).default([]),
  }),
  reminder: z.object({ step: z.literal("before_due"), days: z.int().min(0).max(365) }),
  cut_notice: z.object({ cutOn: day, cutTime: time, keepsOnCentavos: amount }),
  cut: z.object({ runId: z.uuid().optional() }),
  restored: z.object({}),
  hold_granted: z.object({ untilOn: day }),
  credit_given: z.object({}),
} as const satisfies Record<Occasion, z.ZodType>;

/** The facts of an occasion. */
export type OccasionFacts<O extends Occasion> = z.output<(typeof OCCASION_FACTS)[O]>;

/**
 * Reads the facts of a stored message.
 *
 * @throws {z.ZodError} when they are not what the occasion has
 */
export function readOccasionFacts<O extends Occasion>(occasion: O, stored: unknown): OccasionFacts<O> {
  return OCCASION_FACTS[occasion].parse(stored) as OccasionFacts<O>;
}
