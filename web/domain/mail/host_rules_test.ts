import assert from "node:assert/strict";
import { isIpAddress, isPublicAddress } from "./host_rules.ts";

const NOT_PUBLIC = {
  "loopback": ["127.0.0.1", "127.255.255.254", "::1", "0.0.0.0", "::"],
  "private (RFC 1918)": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.88.1"],
  "CGNAT": ["100.64.0.1", "100.127.255.255"],
  "link-local and metadata": ["169.254.0.1", "169.254.169.254", "fe80::1", "fd00:ec2::254"],
  "ULA": ["fc00::1", "fdff:ffff::1"],
  "IPv4 in the dress of IPv6": [
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:10.1.2.3",
    "0:0:0:0:0:ffff:a9fe:a9fe",
    "64:ff9b::192.168.1.1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "::127.0.0.1",
    "::10.0.0.1",
  ],
  "multicast, reserved, documentation": [
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "ff02::1",
    "192.0.2.1",
    "198.51.100.7",
    "203.0.113.9",
    "198.18.0.1",
    "2001:db8::1",
    "2001::1",
    "3fff::1",
    "fec0::1",
  ],
  "what is no plain address": [
    "",
    "localhost",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "2130706433",
    "127.1",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "fe80::1%eth0",
    "1::2::3",
    "[::1]",
    "2001:4860:4860::8888:1:2:3:4:5",
    " 8.8.8.8",
  ],
};

for (const [kind, addresses] of Object.entries(NOT_PUBLIC)) {
  Deno.test(`isPublicAddress is false for ${kind}`, () => {
    for (const address of addresses) assert.equal(isPublicAddress(address), false, address);
  });
}

Deno.test("isPublicAddress is true for addresses of the public internet, next to the edges too", () => {
  const addresses = [
    "8.8.8.8",
    "142.250.4.109",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "223.255.255.255",
    "2607:f8b0:4004:c17::6c",
    "2404:6800:4003:c00::6d",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
  ];
  for (const address of addresses) assert.equal(isPublicAddress(address), true, address);
});

Deno.test("isIpAddress tells addresses from names", () => {
  assert.deepEqual(["192.168.1.5", "::1", "smtp.gmail.com", "1.2.3"].map(isIpAddress), [
    true,
    true,
    false,
    false,
  ]);
});
