/** Networks that no server of the public Internet stands in, as `address/bits`. */
const NOT_PUBLIC_4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
].map((network) => {
  const [address = "", bits] = network.split("/");
  return { from: numberOf4(address) ?? 0, bits: Number(bits) };
});

/**
 * Whether an address is one of the public Internet. Everything that is not surely one is refused: this machine, private
 * and link-local networks, where the metadata of clouds is, and IPv4 in the disguise of IPv6.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isPublicAddress } from "@/web/domain/mail/host_rules.ts";
 * assert.equal(isPublicAddress("74.125.24.108"), true);
 * assert.equal(isPublicAddress("169.254.169.254"), false);
 * assert.equal(isPublicAddress("::ffff:10.0.0.1"), false);
 * ```
 */
export function isPublicAddress(ip: string): boolean {
  const four = numberOf4(ip);
  if (four !== null) {
    return !NOT_PUBLIC_4.some(({ from, bits }) => (from >>> (32 - bits)) === (four >>> (32 - bits)));
  }
  const groups = groupsOf6(ip);
  if (groups === null) return false;
  const [first = 0, second = 0] = groups;
  // Only 2000::/3 is given out; of it 6to4, Teredo and what is printed in books lead elsewhere or nowhere.
  if ((first & 0xe000) !== 0x2000) return false;
  return first !== 0x2002 && !(first === 0x2001 && (second < 0x200 || second === 0xdb8));
}

function numberOf4(ip: string): number | null {
  const parts = ip.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return null;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** The eight groups; null for what is no IPv6 address. One that ends in IPv4 is none that a server has. */
function groupsOf6(ip: string): number[] | null {
  const halves = ip.split("::");
  if (halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) => half === "" ? [] : half.split(":"));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const groups = [...head, ...Array<string>(missing).fill("0"), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return groups.map((group) => parseInt(group, 16));
}
