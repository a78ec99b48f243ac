import { sql } from "kysely";

/** The order in which the lines `l` of a bill are paid: compareSettledFirst() of web/domain; a test compares both. */
export const SETTLE_ORDER = sql`l.period_start,
  case l.kind when 'recurring' then 0 when 'one_time' then 1 else 2 end, l.line_no`;
