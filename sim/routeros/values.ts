import { formatDuration, parseDuration, parseRate } from "@/shared/routeros/mod.ts";
import { invalidValue, noMatchingValue, outOfRange } from "./command.ts";
import type { Table } from "./table.ts";

/** Takes a value as a command gives it, and returns it as print shows it; throws the router's refusal. */
export type ValueCheck = (argument: string, value: string) => string;

/** "yes" and "true" alike, printed as RouterOS prints booleans. */
export function booleanValue(argument: string, value: string): string {
  if (value === "yes" || value === "true") return "true";
  if (value === "no" || value === "false") return "false";
  throw noMatchingValue(argument);
}

export function oneOf(...words: string[]): ValueCheck {
  return (argument, value) => {
    if (!words.includes(value)) throw noMatchingValue(argument);
    return value;
  };
}

/** A comma list of words, each of which may be refused with a leading "!". */
export function listOf(words: readonly string[]): ValueCheck {
  return (argument, value) => {
    const given = value.split(",").filter((word) => word !== "");
    if (given.some((word) => !words.includes(word.replace(/^!/, "")))) throw noMatchingValue(argument);
    return given.join(",");
  };
}

/** A row of another menu, by name or by id; "none" only where it is allowed. */
export function referenceTo(table: Table, options: { none?: boolean } = {}): ValueCheck {
  return (argument, value) => {
    if (options.none === true && value === "none") return value;
    const row = value.startsWith("*") ? table.get(value) : table.named(value)[0];
    if (row === undefined) throw noMatchingValue(argument);
    return row["name"] ?? "";
  };
}

/** A whole number, with the range that RouterOS names when it is broken. */
export function whole(min = 0, max = Number.MAX_SAFE_INTEGER): ValueCheck {
  return (argument, value) => {
    if (!/^-?\d+$/.test(value)) throw invalidValue(argument);
    const number = Number(value);
    if (number < min || number > max) throw outOfRange(argument, min, max);
    return String(number);
  };
}

const BYTES_MAX = 2n ** 64n - 1n;
const BYTE_UNITS: Readonly<Record<string, bigint>> = { k: 1_000n, M: 1_000_000n, G: 1_000_000_000n };

/** A number of bytes, in whole 64 bits and with units as WinBox takes them. */
export function bytes(argument: string, value: string): string {
  const match = /^(-?\d+)([kMG]?)$/.exec(value);
  if (match === null) throw invalidValue(argument);
  const count = BigInt(match[1] ?? "0") * (BYTE_UNITS[match[2] ?? ""] ?? 1n);
  if (count < 0n || count > BYTES_MAX) throw outOfRange(argument, 0, BYTES_MAX);
  return String(count);
}

/** A duration, or one of the words that stand for one. */
export function duration(...words: string[]): ValueCheck {
  return durationWithin(0, Infinity, ...words);
}

/** A duration of so many seconds at least and at most, or one of the words that stand for one. */
export function durationWithin(min: number, max: number, ...words: string[]): ValueCheck {
  return (argument, value) => {
    if (words.includes(value)) return value;
    const seconds = /^\d+$/.test(value) ? Number(value) : parseDuration(value);
    if (seconds === null) throw invalidValue(argument);
    if (seconds < min || seconds > max) throw outOfRange(argument, formatDuration(min), formatDuration(max));
    return formatDuration(seconds);
  };
}

/** 35w3d13h13m56s: what fits in 31 bits of hundredths of a second. */
const LIST_SECONDS_MAX = 21_474_836;

/** How long an entry of a list stays. */
export const listTimeout = durationWithin(0, LIST_SECONDS_MAX, "none-static", "none-dynamic");

/** One of upload and download, or both of them: one stands for both. */
export function pairOf(one: ValueCheck): ValueCheck {
  return (argument, value) => {
    const [upload = "", download = upload, ...more] = value.split("/");
    if (more.length > 0) throw invalidValue(argument);
    return `${one(argument, upload)}/${one(argument, download)}`;
  };
}

/** Bits per second: "25M" prints as a bare number. */
export function rate(argument: string, value: string): string {
  const bits = parseRate(value);
  if (bits === null || bits > Number.MAX_SAFE_INTEGER) throw invalidValue(argument);
  return String(bits);
}

/** Upload and download, each a rate: "25M/25M" prints as bare numbers. */
export const ratePair = pairOf(rate);

/** How urgent the packets of a queue are; 1 goes first. */
export const priority = whole(1, 8);

/** The kinds of queue that every router has; it has none besides, as no menu of ours makes any. */
export const queueType = oneOf(
  ...("default default-small ethernet-default hotspot-default multi-queue-ethernet-default only-hardware-queue " +
    "pcq-download-default pcq-upload-default synchronous-default wireless-default").split(" "),
);

/** How large the bucket of a queue is, in times of its limit. */
export function bucketSize(argument: string, value: string): string {
  if (!/^\d+(?:\.\d+)?$/.test(value)) throw invalidValue(argument);
  if (Number(value) > 10) throw outOfRange(argument, 0, 10);
  return value;
}

/** What a rate-limit is made of, in its order. */
const RATE_LIMIT_PARTS: readonly ValueCheck[] = [
  ratePair,
  ratePair,
  ratePair,
  pairOf(duration()),
  priority,
  ratePair,
];

/** "rx[/tx]" with optional burst parts, priority and guaranteed rates behind, kept as it was typed. */
export function rateLimit(argument: string, value: string): string {
  const parts = value === "" ? [] : value.split(/ +/);
  if (parts.length > RATE_LIMIT_PARTS.length) throw invalidValue(argument);
  parts.forEach((part, i) => RATE_LIMIT_PARTS[i]?.(argument, part));
  return value;
}

const PORT_MAX = 65_535;

/** One port, or a range from a lower one to one that is not below it. */
export function portRange(argument: string, value: string): string {
  const parts = value.split("-");
  if (parts.length > 2 || parts.some((part) => !/^\d+$/.test(part))) throw invalidValue(argument);
  const [first = 0, last = first] = parts.map(Number);
  if (Math.max(first, last) > PORT_MAX) throw outOfRange(argument, 0, PORT_MAX);
  if (first > last) throw invalidValue(argument);
  return value;
}

/** Ports and ranges of them that match a packet, or those that do not. */
export function portMatcher(argument: string, value: string): string {
  for (const part of value.replace(/^!/, "").split(",")) portRange(argument, part);
  return value;
}
