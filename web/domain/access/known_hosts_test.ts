import assert from "node:assert/strict";
import { isAddress, isKnownHost } from "./known_hosts.ts";

const HOSTS = { names: ["Linya.example", "10.0.0.9"], ownAddresses: () => ["192.168.1.5", "fd00::5"] };

Deno.test.each([
  { host: "linya.example", known: true },
  { host: "LINYA.example.", known: true },
  { host: "localhost", known: true },
  { host: "127.0.0.1", known: true },
  { host: "127.8.9.10", known: true },
  { host: "[::1]", known: true },
  { host: "10.0.0.9", known: true },
  { host: "192.168.1.5", known: true },
  { host: "[fd00::5]", known: true },
  { host: "stranger.example", known: false },
  { host: "linya.example.stranger.example", known: false },
  { host: "stranger-linya.example", known: false },
  { host: "sub.linya.example", known: false },
  { host: "localhost.stranger.example", known: false },
  { host: "127.0.0.1.stranger.example", known: false },
  { host: "192.168.1.6", known: false },
  { host: "203.0.113.9", known: false },
  { host: "[2001:db8::1]", known: false },
  { host: "", known: false },
])("$host is known: $known", ({ host, known }) => {
  assert.equal(isKnownHost(host, HOSTS), known);
});

Deno.test("isAddress tells addresses from names", () => {
  assert.deepEqual(["10.0.0.1", "[::1]", "fe80::1"].map(isAddress), [true, true, true]);
  assert.deepEqual(["a.example", "10.0.0.1.example", "1e9"].map(isAddress), [false, false, false]);
});
