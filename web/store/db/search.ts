import { type RawBuilder, sql } from "kysely";
import { fold } from "@/shared/text/mod.ts";

/** Above every character in the "C" order of the stored search columns. */
const LAST = "\u{10FFFF}";

/**
 * What begins with a text, as a range on a column in "C" order: the planner may use an index for it under row level
 * security, which it may not for `like` (R18).
 */
export function startsWith(column: RawBuilder<unknown>, start: string): RawBuilder<unknown> {
  return sql`${column} >= ${start} and ${column} < ${start + LAST}`;
}

/** A reference number without blanks and dashes, as `payments.reference_folded` keeps it: people copy both ways. */
export function foldReference(text: string): string {
  return fold(text).replaceAll(" ", "");
}

/** A phone number as it may be stored: `0917…`, `63917…` and `917…` are one number. Empty: not a phone number. */
export function phoneStarts(text: string): string[] {
  if (!/^\+?[\d\s().-]{4,20}$/.test(text)) return [];
  const digits = text.replace(/\D/g, "");
  if (digits.length < 4) return [];
  const local = digits.replace(/^(63|0)/, "");
  return [...new Set([digits, `0${local}`, `63${local}`])];
}

/** Lists whose rows have a number of a series. */
export type NumberedTable = "bills" | "credit_memos" | "payments" | "refunds";

const SERIES = { bills: "bill", credit_memos: "memo", payments: "payment", refunds: "refund" } as const;

/**
 * Ids of rows whose number begins with a text: `soa-0012` is the beginning of a hundred of SOA-001200; `123` is the
 * whole number SOA-000123; `soa` begins all of them. Null where no number could.
 */
export function idsByNumber(
  tenantId: string,
  table: NumberedTable,
  text: string,
): RawBuilder<unknown> | null {
  if (!/^[\p{L}\p{N}/_-]{1,40}$/u.test(text)) return null;
  const all = sql`select n.id from ${sql.table(table)} n where n.tenant_id = ${tenantId}`;
  if (!/\d/.test(text)) {
    return sql`${all} and (select starts_with(lower(s.prefix), lower(${text})) from number_series s
      where s.tenant_id = ${tenantId} and s.series = ${SERIES[table]})`;
  }
  const start = wholeNumber(tenantId, table, text);
  if (/^\d+$/.test(text)) return sql`${all} and n.number = ${start}`;
  // The range is what the index of numbers answers in any collation; what a collation lets in besides is left out.
  return sql`${all} and n.number between ${start} and ${start} || '999999999999'
    and starts_with(lower(n.number), lower(${text}))`;
}

/** The number that a text names if it is whole: with the prefix and zeros that were not typed, as it is written. */
export function wholeNumber(tenantId: string, table: NumberedTable, text: string): RawBuilder<string> {
  const written = /^\d+$/.test(text)
    ? sql`s.prefix || lpad(${text}, greatest(s.pad, ${text.length}), '0')`
    : sql`case when starts_with(lower(${text}), lower(s.prefix))
        then s.prefix || substr(${text}, length(s.prefix) + 1) else ${text} end`;
  return sql`(select ${written} from number_series s where s.tenant_id = ${tenantId}
    and s.series = ${SERIES[table]})`;
}
