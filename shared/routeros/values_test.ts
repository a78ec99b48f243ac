import assert from "node:assert/strict";
import fc from "fast-check";
import {
  formatDuration,
  formatRouterDate,
  isEpochDate,
  parseBoolean,
  parseDuration,
  parseRate,
  parseRateLimit,
  parseRouterDate,
} from "./values.ts";
import { compareVersions, featuresOf, parseVersion } from "./version.ts";
import { md5 } from "./challenge.ts";

Deno.test("durations of every printed form are seconds", () => {
  const cases: [string, number | null][] = [
    ["3d17h14m31s", 321_271],
    ["41w6d18h4m22s", 25_380_262],
    ["44m55s", 2_695],
    ["0s", 0],
    ["30m", 1_800],
    ["12ms", 0.012],
    ["60us", 0.00006],
    ["1d02:15:30", 94_530],
    ["00:01:02", 62],
    ["none", null],
    ["never", null],
    ["", null],
    ["12", null],
  ];
  for (const [text, seconds] of cases) assert.equal(parseDuration(text), seconds, text);
});

Deno.test("a printed duration reads back as the same seconds", () => {
  fc.assert(fc.property(fc.nat(1_000_000_000), (seconds) => {
    assert.equal(parseDuration(formatDuration(seconds)), seconds);
  }));
});

Deno.test("dates before and after 7.10 are the same moment", () => {
  const old = parseRouterDate("feb/05/2024 13:47:44");
  assert.equal(old?.toString(), "2024-02-05T13:47:44");
  assert.equal(parseRouterDate("2024-02-05 13:47:44")?.toString(), old?.toString());
  assert.equal(parseRouterDate("May/30/2023 13:49:00")?.toString(), "2023-05-30T13:49:00");
});

Deno.test("dates that are none give null", () => {
  for (const text of ["never", "", "feb/31/2024 00:00:00", "foo/01/2024 00:00:00", "2024-13-01 00:00:00"]) {
    assert.equal(parseRouterDate(text), null, text);
  }
});

Deno.test("a formatted date reads back in both forms", () => {
  const date = Temporal.PlainDateTime.from("2026-11-05T04:03:02");
  for (const iso of [true, false]) assert.ok(parseRouterDate(formatRouterDate(date, iso))?.equals(date));
  assert.equal(formatRouterDate(date, false), "nov/05/2026 04:03:02");
  assert.ok(!isEpochDate(date));
  assert.ok(isEpochDate(Temporal.PlainDateTime.from("1970-01-02T00:00:00")));
});

Deno.test("booleans are true or false only for the four words", () => {
  assert.deepEqual(["true", "yes", "false", "no"].map(parseBoolean), [true, true, false, false]);
  for (const text of ["default", "", "1", undefined]) assert.equal(parseBoolean(text), null);
});

Deno.test("rates count a thousand as k and read upload before download", () => {
  assert.equal(parseRate("25M"), 25_000_000);
  assert.equal(parseRate("512k"), 512_000);
  assert.equal(parseRate("x"), null);
  assert.deepEqual(parseRateLimit("5M/10M 8M/16M 4M/8M 10/10"), { uploadBps: 5e6, downloadBps: 10e6 });
  assert.deepEqual(parseRateLimit("25000000"), { uploadBps: 25e6, downloadBps: 25e6 });
  assert.equal(parseRateLimit(""), null);
});

Deno.test("versions parse with channel and pre-release", () => {
  assert.equal(parseVersion("6.49.2 (stable)")?.channel, "stable");
  assert.deepEqual(parseVersion("7.21beta2 (testing)")?.preRelease, { stage: "beta", number: 2 });
  assert.equal(parseVersion("6.27")?.patch, 0);
  assert.equal(parseVersion("SwOS"), null);
});

Deno.test("versions sort by number, pre-releases before their release", () => {
  const texts = ["6.27", "6.49.2", "6.49.10", "7.9", "7.21alpha1", "7.21beta2", "7.21rc1", "7.21", "7.21.1"];
  const versions = texts.map((text) => parseVersion(text)).filter((version) => version !== null);
  assert.equal(versions.length, texts.length);
  const sorted = versions.toReversed().sort(compareVersions).map((version) => version.text);
  assert.deepEqual(sorted, texts);
});

Deno.test("features begin with their version", () => {
  const featuresAt = (text: string) => {
    const version = parseVersion(text);
    assert.ok(version);
    return featuresOf(version);
  };
  assert.equal(featuresAt("6.42").plainLogin, false);
  assert.equal(featuresAt("6.45").plainLogin, true);
  assert.equal(featuresAt("7.9").isoDates, false);
  assert.equal(featuresAt("7.10").isoDates, true);
  assert.equal(featuresAt("7.17.2").emptyReply, false);
  assert.equal(featuresAt("7.18beta2").emptyReply, true);
});

Deno.test("md5 gives the digests of RFC 1321", () => {
  const hex = (text: string) =>
    Array.from(md5(new TextEncoder().encode(text)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  assert.equal(hex(""), "d41d8cd98f00b204e9800998ecf8427e");
  assert.equal(hex("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
  assert.equal(
    hex("12345678901234567890123456789012345678901234567890123456789012345678901234567890"),
    "57edf4a22be3c955ac49da2e2107b67a",
  );
});
