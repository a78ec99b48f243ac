import assert from "node:assert/strict";
import fc from "fast-check";
import { networkOf } from "./network_of.ts";

const CASES: readonly [address: string, network: string][] = [
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["::FFFF:c000:207", "192.0.2.7"],
  ["0:0:0:0:0:ffff:192.0.2.7", "192.0.2.7"],
  ["64:ff9b::192.0.2.7", "192.0.2.7"],
  ["2001:db8:1:2::1", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"],
  ["2001:0db8:0001:0002:0:0:0:9", "2001:db8:1:2::/64"],
  ["2001:db8::9", "2001:db8::/64"],
  ["2001:db8:0:0:1::", "2001:db8::/64"],
  ["[2001:db8:1:2::1]", "2001:db8:1:2::/64"],
  ["fe80::1%eth0", "fe80::/64"],
  ["::1", "::/64"],
  ["1:2:3:4:5:6:7:8", "1:2:3:4::/64"],
  // Not addresses: they stay what they are, each a key of its own.
  ["local", "local"],
  ["", ""],
  ["1::2::3", "1::2::3"],
  ["1:2:3:4:5:6:7", "1:2:3:4:5:6:7"],
  ["1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8:9"],
  ["1:2:3:4::5:6:7:8", "1:2:3:4::5:6:7:8"],
  ["::ffff:192.0.2.999", "::ffff:192.0.2.999"],
  ["2001:db8::g", "2001:db8::g"],
];

Deno.test.each(CASES)("networkOf takes %s as %s", (address, network) => {
  assert.equal(networkOf(address), network);
});

Deno.test("networkOf is one for all addresses of a /64 and differs between two of them", () => {
  const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
  const half = fc.array(group, { minLength: 4, maxLength: 4 });
  const prefix = half.filter(([first]) => first !== "0" && first !== "64");
  fc.assert(fc.property(prefix, half, half, (network, one, other) => {
    const at = (host: string[]) => networkOf([...network, ...host].join(":"));
    assert.equal(at(one), at(other));
    const [first = "1", ...rest] = network;
    const neighbour = [(Number.parseInt(first, 16) ^ 0x100).toString(16), ...rest];
    assert.notEqual(at(one), networkOf([...neighbour, ...one].join(":")));
  }));
});
