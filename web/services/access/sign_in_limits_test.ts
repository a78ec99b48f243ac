import assert from "node:assert/strict";
import { networkOf } from "./sign_in_limits.ts";

Deno.test.each([
  { ip: "203.0.113.7", network: "203.0.113.7" },
  { ip: "::ffff:203.0.113.7", network: "203.0.113.7" },
  { ip: "2001:DB8:1:2:3:4:5:6", network: "2001:db8:1:2::/64" },
  { ip: "2001:db8:1:2::9", network: "2001:db8:1:2::/64" },
  { ip: "2001:0db8:0001:0002::9", network: "2001:db8:1:2::/64" },
  { ip: "2001:db8::9", network: "2001:db8:0:0::/64" },
  { ip: "fe80::1%eth0", network: "fe80:0:0:0::/64" },
  { ip: "::1", network: "0:0:0:0::/64" },
  { ip: "local", network: "local" },
])("networkOf puts $ip into $network", ({ ip, network }) => {
  assert.equal(networkOf(ip), network);
});
