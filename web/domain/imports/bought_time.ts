import { isBefore } from "@/shared/calendar/mod.ts";
import { type Coded, coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { PREPAID_DAYS, PREPAID_MAX } from "../billing/limits.ts";
import type { PrepaidPlan } from "../billing/mod.ts";
import { type CsvLine, readCsv } from "./csv_table.ts";
import { BOUGHT_TIME_MAX } from "./limits.ts";
import { type DateOrder, readFileDate } from "./read_file_date.ts";

/** What a file says of one connection: paid for until a day, by purchases of so long. */
export interface BoughtTime extends Pick<PrepaidPlan, "unit" | "count"> {
  line: number;
  pppName: string;
  /** Last day that is paid for. */
  untilOn: Temporal.PlainDate;
}

/** What a file says, and which of its rows say nothing that can be taken. */
export interface ReadBoughtTime {
  rows: BoughtTime[];
  /** `bought_row` each: line, connection and why. */
  bad: Coded[];
}

/** Headings by which each column is known, in small letters. The first is the one of Linya's own file. */
export const BOUGHT_COLUMNS = {
  user: [
    "ppp secret",
    "ppp user",
    "ppp name",
    "pppoe user",
    "pppoe",
    "username",
    "user name",
    "user",
    "secret",
  ],
  until: [
    "expires",
    "valid until",
    "expires on",
    "expiry",
    "expiry date",
    "expiration",
    "expiration date",
    "paid until",
    "due date",
    "bayad hanggang",
    "hanggang",
    "expire sa",
  ],
  buys: ["duration", "validity", "buys", "period", "tagal", "bumibili ng", "binibili"],
} as const;

/** Why nothing of a file can be read. */
export type BoughtFileCode = "bought_file_empty" | "bought_file_columns" | "bought_file_long";

/**
 * Reads which connections are prepaid, until when, and what they buy, from a file of another system. A row without a day
 * says nothing, so that a file may list everybody. Days and durations that are not understood are named, never guessed.
 * It asks for no date, so that a long file can be read before anything is locked; see `nameFarDays`.
 */
export function readBoughtTime(text: string, order: DateOrder): Result<ReadBoughtTime, BoughtFileCode> {
  const [head, ...lines] = readCsv(text);
  if (head === undefined) return err("bought_file_empty");
  if (lines.length > BOUGHT_TIME_MAX.rows) return err("bought_file_long", { max: BOUGHT_TIME_MAX.rows });
  const headings = head.cells.map((cell) => cell.toLowerCase().replace(/[\s_-]+/g, " "));
  const place = (names: readonly string[]) => headings.findIndex((heading) => names.includes(heading));
  const columns = {
    user: place(BOUGHT_COLUMNS.user),
    until: place(BOUGHT_COLUMNS.until),
    buys: place(BOUGHT_COLUMNS.buys),
  };
  if (Math.min(...Object.values(columns)) < 0) return err("bought_file_columns");
  const read: ReadBoughtTime = { rows: [], bad: [] };
  const seen = new Map<string, number>();
  for (const line of lines) {
    const cells = cellsOf(line, columns);
    if (cells.until === "") continue;
    const row = readRow(cells, { order, line: line.line });
    const first = seen.get(cells.user);
    const why = first === undefined ? row : coded("bought_row_twice", { line: first });
    seen.set(cells.user, first ?? line.line);
    if ("untilOn" in why) read.rows.push(why);
    else read.bad.push(coded("bought_row", { line: line.line, ppp: cells.user, why }));
  }
  if (read.rows.length + read.bad.length === 0) return err("bought_file_empty");
  return ok(read);
}

/** What was read, as of a day: one too far from it is a typing error, and its row is named. */
export function nameFarDays({ rows, bad }: ReadBoughtTime, today: Temporal.PlainDate): ReadBoughtTime {
  const first = today.subtract({ days: BOUGHT_TIME_MAX.daysBack });
  const last = today.add({ days: BOUGHT_TIME_MAX.daysAhead });
  const isFar = ({ untilOn }: BoughtTime) => isBefore(untilOn, first) || isBefore(last, untilOn);
  const far = rows.filter(isFar).map(({ line, pppName: ppp, untilOn: on }) =>
    coded("bought_row", { line, ppp, why: coded("bought_row_far", { on }) })
  );
  return { rows: rows.filter((row) => !isFar(row)), bad: [...bad, ...far] };
}

type Cells = Record<keyof typeof BOUGHT_COLUMNS, string>;

function cellsOf({ cells }: CsvLine, columns: Record<keyof Cells, number>): Cells {
  return {
    user: cells[columns.user] ?? "",
    until: cells[columns.until] ?? "",
    buys: cells[columns.buys] ?? "",
  };
}

function readRow(
  { user, until, buys }: Cells,
  { order, line }: { order: DateOrder; line: number },
): BoughtTime | Coded {
  if (user === "") return coded("bought_row_user");
  const day = readFileDate(until, order);
  if (!day.ok) return coded("bought_row_day", { text: until });
  const duration = readDuration(buys);
  return duration === null
    ? coded("bought_row_duration", { text: buys })
    : { line, pppName: user, untilOn: day.value, ...duration };
}

const DAY_WORDS = /^(?:d|days?|araw)$/;
const WEEK_WORDS = /^(?:w|weeks?|linggo)$/;
const MONTH_WORDS = /^(?:mos?|months?|buwan)$/;
const WHOLE_WORDS: Readonly<Record<string, string>> = {
  daily: "1 day",
  weekly: "1 week",
  monthly: "1 month",
  buwanan: "1 month",
};

/** A duration that Linya can sell, such as `30 days`, `1 week` or `1 buwan`; null for another text. A bare number is none. */
export function readDuration(text: string): Pick<PrepaidPlan, "unit" | "count"> | null {
  const said = text.trim().toLowerCase();
  const match = /^(\d{1,3})[\s-]*([a-z]+)\.?$/.exec(WHOLE_WORDS[said] ?? said);
  if (match === null) return null;
  const [number, word = ""] = [Number(match[1]), match[2]];
  if (MONTH_WORDS.test(word)) {
    return number >= 1 && number <= PREPAID_MAX.months ? { unit: "months", count: number } : null;
  }
  const days = DAY_WORDS.test(word) ? number : WEEK_WORDS.test(word) ? 7 * number : 0;
  return PREPAID_DAYS.some((sold) => sold === days) ? { unit: "days", count: days } : null;
}

/** Days that are bought when a connection comes in: they end with the last one, and begin with the import. Half-open. */
export interface OpeningCoverage {
  start: Temporal.PlainDate;
  end: Temporal.PlainDate;
}

/**
 * The days that an import notes as bought before: from the day of the import to the last one that is paid for. Of time
 * that has run out only the last day is noted, so that it has lapsed on its own day and a purchase restarts from there.
 */
export function openingCoverage(
  untilOn: Temporal.PlainDate,
  importedOn: Temporal.PlainDate,
): OpeningCoverage {
  const end = untilOn.add({ days: 1 });
  return { start: isBefore(untilOn, importedOn) ? untilOn : importedOn, end };
}
