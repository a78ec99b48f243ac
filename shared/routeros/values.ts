/** RouterOS prints true/false for booleans and yes/no for some enums; both are accepted on input. Null for anything else. */
export function parseBoolean(text: string | undefined): boolean | null {
  if (text === "true" || text === "yes") return true;
  if (text === "false" || text === "no") return false;
  return null;
}

/**
 * A counter of bytes or packets. They have 64 bits, of which a number of JavaScript holds 53. Null for anything else.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseCounter } from "./values.ts";
 * assert.equal(parseCounter("18446744073709551615"), 18_446_744_073_709_551_615n);
 * ```
 */
export function parseCounter(text: string | undefined): bigint | null {
  return text !== undefined && /^\d{1,20}$/.test(text) ? BigInt(text) : null;
}

/** Booleans in commands; RouterOS takes yes/no everywhere. */
export function formatBoolean(value: boolean): "yes" | "no" {
  return value ? "yes" : "no";
}

/** Whole microseconds, so that sums stay exact. */
const UNIT_MICROS: Record<string, number> = {
  w: 604_800e6,
  d: 86_400e6,
  h: 3_600e6,
  m: 60e6,
  s: 1e6,
  ms: 1e3,
  us: 1,
};
const UNITS = /(\d+(?:\.\d+)?)(ms|us|w|d|h|m|s)/g;
const UNITS_ONLY = /^(?:\d+(?:\.\d+)?(?:ms|us|w|d|h|m|s))+$/;
const CLOCK = /^((?:\d+w)?(?:\d+d)?)(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?$/;

/** Seconds of "3d17h14m31s", "41w6d18h4m22s", "12ms", "1d02:15:30" or "00:01:02"; null for "none", "never", "auto" and junk. */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim();
  const clock = CLOCK.exec(trimmed);
  if (clock !== null) {
    return sumUnits(clock[1] ?? "") + Number(clock[2]) * 3_600 + Number(clock[3]) * 60 +
      Number(clock[4] ?? 0);
  }
  return UNITS_ONLY.test(trimmed) ? sumUnits(trimmed) : null;
}

function sumUnits(text: string): number {
  let total = 0;
  for (const [, amount, unit] of text.matchAll(UNITS)) {
    total += Number(amount) * (UNIT_MICROS[unit ?? ""] ?? 0);
  }
  return total / 1e6;
}

/** Whole seconds as RouterOS prints them: 93784 is "1d2h3m4s". */
export function formatDuration(seconds: number): string {
  let rest = Math.max(0, Math.floor(seconds));
  let text = "";
  for (const unit of ["w", "d", "h", "m", "s"]) {
    const size = (UNIT_MICROS[unit] ?? 1e6) / 1e6;
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === "" ? "0s" : text;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2}):(\d{2}))?$/;
const OLD_DATE = /^([a-z]{3})\/(\d{2})\/(\d{4})(?: (\d{2}):(\d{2}):(\d{2}))?$/i;

/** A printed date in the router's own local time (no zone on the wire), in the form before 7.10 or after. Null for junk and "never". */
export function parseRouterDate(text: string): Temporal.PlainDateTime | null {
  const parts = dateParts(text.trim());
  if (parts === null) return null;
  const [year, month, day, hour, minute, second] = parts;
  try {
    return Temporal.PlainDateTime.from({ year, month, day, hour, minute, second }, { overflow: "reject" });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

type DateParts = readonly [number, number, number, number, number, number];

function dateParts(text: string): DateParts | null {
  const iso = ISO_DATE.exec(text);
  if (iso !== null) return [Number(iso[1]), Number(iso[2]), Number(iso[3]), ...timeParts(iso)];
  const old = OLD_DATE.exec(text);
  if (old === null) return null;
  return [
    Number(old[3]),
    MONTHS.indexOf((old[1] ?? "").toLowerCase()) + 1,
    Number(old[2]),
    ...timeParts(old),
  ];
}

function timeParts(match: RegExpExecArray): readonly [number, number, number] {
  return [Number(match[4] ?? 0), Number(match[5] ?? 0), Number(match[6] ?? 0)];
}

/** A date as a router of that age prints it. */
export function formatRouterDate(date: Temporal.PlainDateTime, iso: boolean): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const time = `${two(date.hour)}:${two(date.minute)}:${two(date.second)}`;
  return iso
    ? `${String(date.year).padStart(4, "0")}-${two(date.month)}-${two(date.day)} ${time}`
    : `${MONTHS[date.month - 1]}/${two(date.day)}/${date.year} ${time}`;
}

/** Routers print this for a secret that was never used, and boards without a clock start there after power loss. */
export function isEpochDate(date: Temporal.PlainDateTime): boolean {
  return date.year <= 1970;
}

/** Bits per second. A queue or profile counts from the router: its rx is the subscriber's upload. */
export interface RatePair {
  uploadBps: number;
  downloadBps: number;
}

const RATE = /^(\d+(?:\.\d+)?)([kKMG]?)$/;
const RATE_UNIT: Record<string, number> = { "": 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9 };

/** "25M" or "25000000" as bits per second; RouterOS counts k as 1000. */
export function parseRate(text: string): number | null {
  const match = RATE.exec(text);
  return match === null ? null : Math.round(Number(match[1]) * (RATE_UNIT[match[2] ?? ""] ?? 1));
}

/** A profile's rate-limit, "rx/tx" with optional burst parts behind; one number stands for both. Null when unlimited or junk. */
export function parseRateLimit(text: string): RatePair | null {
  const [rx, tx] = (text.trim().split(/\s+/)[0] ?? "").split("/");
  const upload = parseRate(rx ?? "");
  const download = tx === undefined ? upload : parseRate(tx);
  return upload === null || download === null ? null : { uploadBps: upload, downloadBps: download };
}
