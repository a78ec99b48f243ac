import { z } from "zod";
import { pageQuery, queryDate, queryId, queryText, reasonText } from "./fields.ts";
import { listQuery } from "./lists.ts";

export const auditQuery = z.object({
  who: queryText(200),
  kind: queryText(40),
  action: queryText(80),
  q: queryText(120),
  subscriber: queryId,
  from: queryDate,
  to: queryDate,
  ...listQuery,
  ...pageQuery,
});

/** An entry is named by its number. */
export const auditEntryParams = z.object({ entry: z.string().regex(/^[1-9]\d{0,17}$/).transform(BigInt) });

/** Why the log is broken; `seen` is the look that the page showed. */
export const auditBreakForm = z.object({ seen: z.uuid(), note: reasonText });
