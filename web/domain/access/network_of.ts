/**
 * The network that an address counts as where tries are limited. A customer is given a whole IPv6 /64, so that single
 * addresses of it are no limit at all; an IPv4 address stands for itself, however it is written. What is no address is
 * given back as it came.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(networkOf("2001:db8:1:2:aaaa::1"), "2001:db8:1:2::/64");
 * assert.equal(networkOf("::ffff:192.0.2.7"), "192.0.2.7");
 * ```
 */
export function networkOf(address: string): string {
  const groups = groupsOf(address);
  if (groups === null) return address;
  if (carriesIpv4(groups)) return dotted(groups[6] ?? 0, groups[7] ?? 0);
  const network = groups.slice(0, 4);
  while (network.length > 0 && network.at(-1) === 0) network.pop();
  return `${network.map((group) => group.toString(16)).join(":")}::/64`;
}

/**
 * Whether an address is this machine's own. Proxies, tunnels and monitors stand there, and speak for many people.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(isThisMachine("::ffff:127.0.0.1"), true);
 * assert.equal(isThisMachine("192.0.2.7"), false);
 * ```
 */
export function isThisMachine(address: string): boolean {
  return /^(::ffff:)?127\./.test(address) || address === "::1";
}

/** The eight numbers of an IPv6 address; null when it is none. */
function groupsOf(address: string): number[] | null {
  const plain = address.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, "");
  if (!plain.includes(":")) return null;
  const halves = withoutDots(plain).split("::");
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => half === "" ? [] : half.split(":"));
  const given = [...head ?? [], ...tail ?? []];
  if (!given.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return null;
  const missing = 8 - given.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const zeros = Array<string>(missing).fill("0");
  return [...head ?? [], ...zeros, ...tail ?? []].map((group) => Number.parseInt(group, 16));
}

/** `::ffff:192.0.2.7` as `::ffff:c000:207`. */
function withoutDots(address: string): string {
  return address.replace(/(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/, (whole, ...parts) => {
    const [a = 256, b = 256, c = 256, d = 256] = parts.slice(0, 4).map(Number);
    if (Math.max(a, b, c, d) > 255) return whole;
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
}

/** IPv4 inside IPv6: as a dual-stack socket shows it (`::ffff:0:0/96`), or behind a translator (`64:ff9b::/96`). */
function carriesIpv4(groups: readonly number[]): boolean {
  const prefix = groups.slice(0, 6).join(":");
  return prefix === "0:0:0:0:0:65535" || prefix === `${0x64}:${0xff9b}:0:0:0:0`;
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}
