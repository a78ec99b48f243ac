import assert from "node:assert/strict";
import { clientIp, isHttps } from "./process_context.ts";

const REMOTE: Deno.Addr = { transport: "tcp", hostname: "10.0.0.1", port: 4000 };

Deno.test.each([
  { name: "the connection's address", forwarded: null, trustProxy: true, ip: "10.0.0.1" },
  { name: "no header that nobody vouches for", forwarded: "203.0.113.7", trustProxy: false, ip: "10.0.0.1" },
  { name: "what the proxy wrote", forwarded: "203.0.113.7", trustProxy: true, ip: "203.0.113.7" },
  { name: "only the last hop", forwarded: "1.1.1.1, 203.0.113.7", trustProxy: true, ip: "203.0.113.7" },
  {
    name: "the address without its port",
    forwarded: "203.0.113.7:5012",
    trustProxy: true,
    ip: "203.0.113.7",
  },
  { name: "IPv6", forwarded: "2001:db8::9", trustProxy: true, ip: "2001:db8::9" },
  {
    name: "IPv6 with brackets and port",
    forwarded: "[2001:db8::9]:5012",
    trustProxy: true,
    ip: "2001:db8::9",
  },
  { name: "no words", forwarded: "unknown", trustProxy: true, ip: "10.0.0.1" },
  { name: "no empty hop", forwarded: "203.0.113.7, ", trustProxy: true, ip: "10.0.0.1" },
])("clientIp takes $name", ({ forwarded, trustProxy, ip }) => {
  const headers = new Headers(forwarded === null ? {} : { "x-forwarded-for": forwarded });
  assert.equal(clientIp(headers, REMOTE, trustProxy), ip);
});

const HTTP = "http://127.0.0.1:8400";

Deno.test.each([
  { url: HTTP, publicUrl: HTTP, proto: null, trustProxy: false, expected: false },
  { url: HTTP, publicUrl: "https://isp.example", proto: null, trustProxy: false, expected: true },
  { url: "https://isp.example", publicUrl: HTTP, proto: null, trustProxy: false, expected: true },
  { url: HTTP, publicUrl: HTTP, proto: "https", trustProxy: true, expected: true },
  { url: HTTP, publicUrl: HTTP, proto: "https", trustProxy: false, expected: false },
  { url: HTTP, publicUrl: HTTP, proto: "https, http", trustProxy: true, expected: false },
])("isHttps: $url, public $publicUrl, forwarded $proto, trusted $trustProxy is $expected", (setting) => {
  const { url, publicUrl, proto, trustProxy, expected } = setting;
  const headers = new Headers(proto === null ? {} : { "x-forwarded-proto": proto });
  assert.equal(isHttps(headers, new URL(url), { trustProxy, publicUrl: new URL(publicUrl) }), expected);
});
