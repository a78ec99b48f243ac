import { z } from "zod";
import type { Occasion } from "./types.ts";

const day = z.iso.date();

/**
 * What of a message is known only when it is queued, by occasion: the one definition for who queues and for who makes the
 * mail. Amounts, names and hours are not among it: they are read when it is sent, so that a mail that waited says what
 * holds then.
 */
const OCCASION_FACTS = {
  bill_issued: z.object({}),
  payment_received: z.object({
    /** Connections that it brought back. */
    restored: z.array(z.uuid()).max(1000),
  }),
  reminder: z.object({
    /** All that is reminded of, the oldest first. */
    billIds: z.array(z.uuid()).min(1).max(1000),
    /** Due date for which the ladder asks; a person's own reminder has none, and goes also past it. */
    dueOn: day.optional(),
    /** Step of the ladder: days before the due date. */
    days: z.int().optional(),
  }),
  cut_notice: z.object({
    cutOn: day,
    /** Step of the ladder: days before the cut. */
    days: z.int(),
    /** Names the debt, see `debtKey` of web/domain/cuts: of another one it is no notice. */
    debt: z.string(),
  }),
  cut: z.object({ runId: z.uuid() }),
  restored: z.object({}),
  hold_granted: z.object({ holdId: z.uuid(), untilOn: day }),
  credit_given: z.object({}),
} as const satisfies Record<Occasion, z.ZodType>;

/** The facts of an occasion, as they are stored. */
export type OccasionFacts<O extends Occasion> = z.output<(typeof OCCASION_FACTS)[O]>;

/** An occasion with its facts; those that have none need not say so. */
export type OccasionWithFacts = {
  [O in Occasion]: Record<never, never> extends OccasionFacts<O>
    ? { occasion: O; facts?: OccasionFacts<O> | undefined }
    : { occasion: O; facts: OccasionFacts<O> };
}[Occasion];

/**
 * Reads the facts of a stored message. Null where they are not what the occasion has: a row that an older version wrote is
 * made of what else is known of it, and stops nobody.
 */
export function readOccasionFacts<O extends Occasion>(occasion: O, stored: unknown): OccasionFacts<O> | null {
  const read = OCCASION_FACTS[occasion].safeParse(stored);
  return read.success ? read.data as OccasionFacts<O> : null;
}

/** An occasion with facts as a message has them already, of whichever version wrote them: it is sent once more. */
export function storedFacts(occasion: Occasion, stored: unknown): OccasionWithFacts {
  return { occasion, facts: readOccasionFacts(occasion, stored) ?? {} } as OccasionWithFacts;
}
