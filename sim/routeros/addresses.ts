import { isIPv6 } from "node:net";
import { invalidValue, noMatchingValue } from "./command.ts";
import type { Table } from "./table.ts";
import type { ValueCheck } from "./values.ts";

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$/;

function isIpv4(text: string): boolean {
  return IPV4.test(text);
}

/** An address as a number; NaN when it is none. */
function numberOf(address: string): number {
  return isIpv4(address) ? address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0) : NaN;
}

/** A length from 0 to `max`, or null. */
function lengthOf(text: string, max: number): number | null {
  return /^\d{1,3}$/.test(text) && Number(text) <= max ? Number(text) : null;
}

/** The length that a mask such as 255.255.255.0 stands for, or null. */
function maskLength(mask: string): number | null {
  const bits = numberOf(mask).toString(2).padStart(32, "0");
  return /^1*0*$/.test(bits) ? bits.lastIndexOf("1") + 1 : null;
}

/** An IPv4 address, alone or with a length or a mask behind it, with the length in the end; null when it is none. */
function ipv4PrefixOf(text: string): string | null {
  const [address = "", length, ...more] = text.split("/");
  if (!isIpv4(address) || more.length > 0) return null;
  if (length === undefined) return address;
  const bits = lengthOf(length, 32) ?? maskLength(length);
  return bits === null ? null : `${address}/${bits}`;
}

function ipv6PrefixOf(text: string): string | null {
  const [address = "", length, ...more] = text.split("/");
  if (!isIPv6(address) || address.includes("%") || more.length > 0) return null;
  return length === undefined || lengthOf(length, 128) !== null ? text : null;
}

/** An IPv4 prefix, or a range from a lower address to one that is not below it; null when it is neither. */
function ipv4RangeOf(text: string): string | null {
  if (!text.includes("-")) return ipv4PrefixOf(text);
  const [first = "", last = "", ...more] = text.split("-");
  return more.length === 0 && numberOf(first) <= numberOf(last) ? text : null;
}

function checkOf(read: (text: string) => string | null): ValueCheck {
  return (argument, text) => {
    const value = read(text);
    if (value === null) throw invalidValue(argument);
    return value;
  };
}

function listOf(read: (text: string) => string | null): ValueCheck {
  const one = checkOf(read);
  return (argument, text) => text.split(",").map((part) => one(argument, part)).join(",");
}

/** What matches a packet may be turned round with a leading "!". */
export function orNot(check: ValueCheck): ValueCheck {
  return (argument, text) =>
    text.startsWith("!") ? `!${check(argument, text.slice(1))}` : check(argument, text);
}

/** One IPv4 address, network or range. */
export const addressRange = checkOf(ipv4RangeOf);
export const addressRanges = listOf(ipv4RangeOf);
export const addressMatcher = orNot(addressRange);
export const ipv4Prefix = checkOf(ipv4PrefixOf);
export const ipv4Addresses = listOf((text) => isIpv4(text) ? text : null);
export const ipv6Prefix = checkOf(ipv6PrefixOf);
/** From where something may be used: addresses and networks of either kind. */
export const prefixes = listOf((text) => ipv4PrefixOf(text) ?? ipv6PrefixOf(text));

/** An address of the subscriber's side: one address, or the name of a pool to take it from. */
export function addressOrPool(pools: Table): ValueCheck {
  return (argument, text) => {
    if (isIpv4(text)) return text;
    const pool = text.startsWith("*") ? pools.get(text) : pools.named(text)[0];
    if (pool === undefined) throw invalidValue(argument);
    return pool["name"] ?? "";
  };
}

const DOMAIN = /^(?=.*[a-z])[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/i;

/** What an address list holds: a network, a range or a name to be resolved. One address prints without its length. */
export function rangeOrDomain(argument: string, text: string): string {
  if (DOMAIN.test(text)) return text;
  return addressRange(argument, text).replace(/\/32$/, "");
}

/** The loopback is an interface of every router of 7.x and in no list of ours. */
const LOOPBACK = "lo";

/** The name of an interface that there is. */
function interfaceName(interfaces: Table, argument: string, text: string): string {
  const found = text.startsWith("*") ? interfaces.get(text) : interfaces.named(text)[0];
  if (found === undefined && text !== LOOPBACK) throw noMatchingValue(argument);
  return found?.["name"] ?? text;
}

/** Whose packets a queue takes: addresses, networks and interfaces that there are. An address prints with its length. */
export function queueTargets(interfaces: Table): ValueCheck {
  return (argument, text) => text.split(",").map((part) => queueTarget(interfaces, argument, part)).join(",");
}

function queueTarget(interfaces: Table, argument: string, text: string): string {
  const ipv4 = ipv4PrefixOf(text);
  if (ipv4 !== null) return ipv4.includes("/") ? ipv4 : `${ipv4}/32`;
  const ipv6 = ipv6PrefixOf(text);
  if (ipv6 !== null) return ipv6.includes("/") ? ipv6 : `${ipv6}/128`;
  return interfaceName(interfaces, argument, text);
}

/** Where a route leads: addresses, which may say by which interface or table, and interfaces that there are. */
export function gateways(interfaces: Table): ValueCheck {
  const one = (argument: string, text: string) =>
    isIpv4(text.replace(/[%@].+$/, "")) ? text : interfaceName(interfaces, argument, text);
  return (argument, text) => text.split(",").map((part) => one(argument, part)).join(",");
}
