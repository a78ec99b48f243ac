import { z } from "zod";
import { centavos } from "@/shared/money/mod.ts";

/** An integer that may be written as a string where a JSON number would lose digits. */
export const wholeNumber = z.union([z.number().int(), z.string().regex(/^-?\d+$/)]).transform((v) =>
  BigInt(v)
);

/** Integer centavos, written either way. */
export const amount = wholeNumber.transform((v) => centavos(v));

/** A local date. */
export const date = z.string().transform((text) => Temporal.PlainDate.from(text, { overflow: "reject" }));

/** An instant in UTC. */
export const instant = z.string().transform((text) => Temporal.Instant.from(text));

const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** `Sat` as the ISO number 6. */
export const weekday = z.string().transform((name, context) => {
  const index = WEEKDAYS.indexOf(name.slice(0, 3).toLowerCase());
  if (index < 0) context.addIssue({ code: "custom", message: `"${name}" is not a weekday` });
  return index + 1;
});

/** A case as every kind has it; the parts are read by the runner of the kind. */
const caseContent = z.object({
  given: z.record(z.string(), z.unknown()),
  /** The head of the file: what a case leaves out. */
  defaults: z.record(z.string(), z.unknown()).default({}),
  expect: z.record(z.string(), z.unknown()),
});

/**
 * Reads a case of a kind. A field of `given` that the kind does not know fails the case: it might change the answer
 * (rule R19). Of the defaults of the file a kind takes those that it knows.
 */
export function readCase<Shape extends z.ZodRawShape>(
  given: z.ZodObject<Shape>,
  content: unknown,
): { given: z.output<z.ZodObject<Shape>>; expect: Record<string, unknown> } {
  const read = caseContent.parse(content);
  const known = Object.entries(read.defaults).filter(([field]) => Object.hasOwn(given.shape, field));
  const filled = { ...Object.fromEntries(known), ...read.given };
  return { given: given.strict().parse(filled) as z.output<z.ZodObject<Shape>>, expect: read.expect };
}
