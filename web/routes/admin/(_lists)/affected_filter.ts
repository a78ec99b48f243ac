import type { z } from "zod";
import type { peopleQuery } from "@/web/route_table/privacy.ts";
import type { AffectedFilter } from "@/web/store/privacy/people_affected.ts";

/** Without days: the week until today. */
const DAYS = 7;

/** Which openings an address means, and its days as the form shows them. */
export function affectedFilter(
  query: z.output<typeof peopleQuery>,
  { zone, today }: { zone: string; today: Temporal.PlainDate },
): { filter: AffectedFilter; days: { from: string; to: string } } {
  const to = query.to ?? today;
  const from = query.from ?? to.subtract({ days: DAYS });
  const begin = (day: Temporal.PlainDate) => day.toZonedDateTime(zone).toInstant();
  return {
    filter: {
      from: begin(from),
      until: begin(to.add({ days: 1 })),
      staffUserId: query.who,
      sessionId: query.session,
    },
    days: { from: from.toString(), to: to.toString() },
  };
}
