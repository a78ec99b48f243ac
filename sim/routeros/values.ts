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

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$/;
const IPV6 = /^[0-9a-f:]*:[0-9a-f:.]*$/i;

function isAddress(value: string): boolean {
  return IPV4.test(value) || IPV6.test(value);
}

export function ipv4(argument: string, value: string): string {
  if (!IPV4.test(value)) throw invalidValue(argument);
  return value;
}

/** An address of the subscriber's side: one address, or the name of a pool to take it from. */
export function addressOrPool(pools: Table): ValueCheck {
  return (argument, value) => {
    if (IPV4.test(value)) return value;
    const pool = value.startsWith("*") ? pools.get(value) : pools.named(value)[0];
    if (pool === undefined) throw invalidValue(argument);
    return pool["name"] ?? "";
  };
}

/** One or several of address, network and range, separated by commas. */
export function networks(argument: string, value: string): string {
  for (const part of value.replace(/^!/, "").split(",")) {
    if (!isNetwork(part)) throw invalidValue(argument);
  }
  return value;
}

function isNetwork(text: string): boolean {
  const [first = "", second, ...rest] = text.split(/[/-]/);
  if (rest.length > 0 || !isAddress(first)) return false;
  if (second === undefined) return true;
  if (text.includes("-")) return isAddress(second);
  return /^\d{1,3}$/.test(second) && Number(second) <= (IPV4.test(first) ? 32 : 128);
}

const DOMAIN = /^(?=.*[a-z])[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/i;

/** What an address list holds: a network or a name to be resolved. One address prints without its length. */
export function networkOrDomain(argument: string, value: string): string {
  if (!isNetwork(value) && !DOMAIN.test(value)) throw invalidValue(argument);
  return value.replace(/\/32$/, "");
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

/** A number of bytes, in whole 64 bits and with units as WinBox takes them. */
export function bytes(argument: string, value: string): string {
  const match = /^(\d+)([kMG]?)$/.exec(value);
  if (match === null) throw invalidValue(argument);
  const unit = { "": 1n, k: 1_000n, M: 1_000_000n, G: 1_000_000_000n }[match[2] ?? ""] ?? 1n;
  return String(BigInt(match[1] ?? "0") * unit);
}

/** A duration, or one of the words that stand for one. */
export function duration(...words: string[]): ValueCheck {
  return (argument, value) => {
    if (words.includes(value)) return value;
    const seconds = /^\d+$/.test(value) ? Number(value) : parseDuration(value);
    if (seconds === null) throw invalidValue(argument);
    return formatDuration(seconds);
  };
}

/** Upload and download, each a rate: "25M/25M" prints as bare numbers. */
export function ratePair(argument: string, value: string): string {
  const rates = value.split("/").map(parseRate);
  const [upload, download = upload] = rates;
  if (rates.length > 2 || upload === null || upload === undefined || download === null) {
    throw invalidValue(argument);
  }
  return `${upload}/${download}`;
}

/** "rx[/tx]" with optional burst parts behind, kept as it was typed. */
export function rateLimit(argument: string, value: string): string {
  const [first = "", ...rest] = value.split(" ");
  if (value !== "") ratePair(argument, first);
  if (rest.length > 5) throw invalidValue(argument);
  return value;
}

/** One port, several or ranges of them. */
export function ports(argument: string, value: string): string {
  for (const part of value.replace(/^!/, "").split(/[,-]/)) {
    if (!/^\d+$/.test(part)) throw invalidValue(argument);
    if (Number(part) > 65_535) throw outOfRange(argument, 0, 65_535);
  }
  return value;
}
