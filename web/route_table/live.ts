import { z } from "zod";
import { queryText } from "./fields.ts";

export const eventsQuery = z.object({
  /** Separated by commas; those that the person may not hear are left out. */
  topics: queryText(2_000),
  /** The last position that the page knows; `Last-Event-ID` comes before it. */
  after: queryText(60),
});
