import { z } from "zod";
import { queryText, queryWord } from "./fields.ts";

export const clockQuery = z.object({
  done: queryWord(["confirmed", "taken_back"]),
  bills: queryText(12),
  restored: queryText(12),
});

/** What the clock said on the page that is answered; null when it cannot be read. */
export const clockForm = z.object({
  said: z.iso.datetime({ offset: true }).transform((text) => Temporal.Instant.from(text)).nullable()
    .catch(null),
});
