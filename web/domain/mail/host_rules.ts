/**
 * Where a mail server may stand in an installation for many ISPs: what one of them types must not lead into the network of
 * the installation (SSRF). Pure; what connects looks a name up once, asks here about each address, and dials that address.
 */

/** Ports on which mail is handed over; in an installation for many ISPs no others are dialled. */
export const MAIL_PORTS: readonly number[] = [25, 465, 587, 2525];

/** Networks that are not the public internet, after IANA's registry of special addresses. */
const SPECIAL_V4: readonly (readonly [network: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

/** Parts of 2000::/3 that lead elsewhere: protocol assignments (Teredo among them), documentation. */
const SPECIAL_V6: readonly (readonly [network: string, bits: number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["3fff::", 20],
];

/**
 * Whether an address belongs to the public internet. What cannot be read as an address, or has a zone, does not.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isPublicAddress } from "@/web/domain/mail/host_rules.ts";
 *
 * assert.equal(isPublicAddress("142.250.4.109"), true);
 * assert.equal(isPublicAddress("::ffff:169.254.169.254"), false);
 * ```
 */
export function isPublicAddress(ip: string): boolean {
  const v4 = bytesOfV4(ip);
  if (v4 !== null) return isPublicV4(v4);
  const v6 = bytesOfV6(ip);
  return v6 !== null && isPublicV6(v6);
}

/** Whether an address is this machine's own and no packet to it leaves. */
export function isLoopbackAddress(ip: string): boolean {
  const v6 = bytesOfV6(ip);
  const isMapped = v6 !== null && isWithin(v6, bytesOfV6("::ffff:0:0") ?? [], 96);
  const v4 = isMapped ? v6.slice(12) : bytesOfV4(ip);
  if (v4 !== null) return v4[0] === 127;
  return v6 !== null && isWithin(v6, bytesOfV6("::1") ?? [], 128);
}

/** Whether a text is an address and not a name. */
export function isIpAddress(text: string): boolean {
  return bytesOfV4(text) !== null || bytesOfV6(text) !== null;
}

function isPublicV4(bytes: readonly number[]): boolean {
  return !SPECIAL_V4.some(([network, bits]) => isWithin(bytes, bytesOfV4(network) ?? [], bits));
}

function isPublicV6(bytes: readonly number[]): boolean {
  // An address of IPv4 in the dress of IPv6 is judged by what it leads to: mapped, NAT64 and 6to4.
  if (isWithin(bytes, bytesOfV6("::ffff:0:0") ?? [], 96)) return isPublicV4(bytes.slice(12));
  if (isWithin(bytes, bytesOfV6("64:ff9b::") ?? [], 96)) return isPublicV4(bytes.slice(12));
  if (isWithin(bytes, bytesOfV6("2002::") ?? [], 16)) return isPublicV4(bytes.slice(2, 6));
  const isGlobal = isWithin(bytes, bytesOfV6("2000::") ?? [], 3);
  return isGlobal && !SPECIAL_V6.some(([network, bits]) => isWithin(bytes, bytesOfV6(network) ?? [], bits));
}

function isWithin(bytes: readonly number[], network: readonly number[], bits: number): boolean {
  return bytes.every((byte, at) => {
    const left = Math.min(8, Math.max(0, bits - 8 * at));
    const mask = (0xff << (8 - left)) & 0xff;
    return (byte & mask) === ((network[at] ?? 0) & mask);
  });
}

/** Four decimal numbers; other writings (`0x7f.1`, `0177.0.0.1`, `2130706433`) are none here. */
function bytesOfV4(text: string): number[] | null {
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return null;
  const bytes = text.split(".").map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : null;
}

function bytesOfV6(text: string): number[] | null {
  if (!/^[0-9A-Fa-f:.]{2,45}$/.test(text) || !text.includes(":")) return null;
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => groupsOf(half));
  if (head === undefined || head === null || tail === null) return null;
  if (tail === undefined) return head.length === 16 ? head : null;
  const missing = 16 - head.length - tail.length;
  return missing >= 2 ? [...head, ...new Array<number>(missing).fill(0), ...tail] : null;
}

/** Bytes of groups with colons between them; the last may be an address of IPv4. */
function groupsOf(half: string): number[] | null {
  if (half === "") return [];
  const bytes: number[] = [];
  const groups = half.split(":");
  for (const [at, group] of groups.entries()) {
    const v4 = at === groups.length - 1 ? bytesOfV4(group) : null;
    if (v4 !== null) {
      bytes.push(...v4);
    } else if (/^[0-9A-Fa-f]{1,4}$/.test(group)) {
      const value = parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    } else {
      return null;
    }
  }
  return bytes;
}
