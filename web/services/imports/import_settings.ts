import { z } from "zod";

/** What the review decided, as it is kept with the batch. */
export const importSettings = z.object({
  disabledPolicy: z.enum(["disconnected", "skip"]).default("disconnected"),
  profiles: z.array(z.union([
    z.object({ profile: z.string(), planId: z.uuid() }),
    z.object({
      profile: z.string(),
      newPlan: z.object({
        name: z.string(),
        priceCentavos: z.string().regex(/^\d{1,15}$/).transform(BigInt),
      }),
    }),
    z.object({ profile: z.string(), skip: z.literal(true) }),
  ])).default([]),
  /** Business date of the confirmation: every chunk bills from the same day. */
  importedOn: z.string().transform((text) => Temporal.PlainDate.from(text)).optional(),
  /** Who confirmed. */
  confirmedBy: z.string().optional(),
  /** Plans that the import made, by their name. */
  newPlanIds: z.record(z.string(), z.uuid()).default({}),
});
export type ImportSettings = z.infer<typeof importSettings>;

/** The same as JSON: bigint and dates as text. */
export function storedSettings(settings: ImportSettings): unknown {
  return JSON.parse(JSON.stringify(settings, (_key, value: unknown) => {
    return typeof value === "bigint" ? value.toString() : value;
  }));
}
