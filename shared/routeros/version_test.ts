import assert from "node:assert/strict";
import { type Capability, CAPABILITY_NAMES, featuresOf, isCapable, parseVersion } from "./version.ts";

function version(text: string) {
  const parsed = parseVersion(text);
  assert.ok(parsed !== null, text);
  return parsed;
}

Deno.test("whatever a router answers is read, also a release of tomorrow", () => {
  const cases: [string, number, number, number, string | null][] = [
    ["6.49.2 (stable)", 6, 49, 2, "stable"],
    ["6.47.9 (long-term)", 6, 47, 9, "long-term"],
    ["7.21beta2 (testing)", 7, 21, 0, "testing"],
    ["7.22_ab321 (development)", 7, 22, 0, "development"],
    ["v7.16.1", 7, 16, 1, null],
    ["8 (stable)", 8, 0, 0, "stable"],
    ["12.104.3-rc1 (some new channel)", 12, 104, 3, "some new channel"],
    ["  7.18\n", 7, 18, 0, null],
    ["7.1.2.3", 7, 1, 2, null],
  ];
  for (const [text, major, minor, patch, channel] of cases) {
    const parsed = version(text);
    assert.deepEqual([parsed.major, parsed.minor, parsed.patch, parsed.channel], [
      major,
      minor,
      patch,
      channel,
    ], text);
  }
  assert.deepEqual(version("12.104.3-rc1").preRelease, { stage: "rc", number: 1 });
  for (const text of ["", "SwOS", "MikroTik", "-1.2", ".5", "beta2", "99999.1"]) {
    assert.equal(parseVersion(text), null);
  }
});

/** The last release without it and the first with it; the other way round for what went. */
const SIDES: Record<Capability, readonly [without: string, having: string]> = {
  plainLogin: ["6.42", "6.43"],
  sshForwardingModes: ["6.43", "6.44"],
  dudePolicies: ["7.0", "6.49"],
  restApi: ["6.49", "7.0"],
  profileIpv6: ["6.49", "7.0"],
  serviceVrf: ["6.49", "7.0"],
  isoDates: ["7.9", "7.10"],
  natRandomisePorts: ["7.9", "7.10"],
  getAsString: ["7.11", "7.12"],
  wifiMenu: ["7.12", "7.13"],
  pingProplist: ["7.14", "7.15"],
  maxSessions: ["7.15", "7.16"],
  userInactivity: ["7.15", "7.16"],
  printFollowStrict: ["7.16", "7.15"],
  sshCiphers: ["7.16", "7.17"],
  serviceUnset: ["7.17", "7.16"],
  profileBridgePort: ["7.16", "7.17"],
  emptyReply: ["7.17", "7.18"],
  userActiveRemove: ["7.19", "7.20"],
  profileDhcpv6: ["7.19", "7.20"],
  natSocks5: ["7.19", "7.20"],
  serviceDynamicRows: ["7.19", "7.20"],
  chrHypervisorName: ["7.19", "7.20"],
  sshPasswordAuthentication: ["7.20", "7.21"],
  showSensitive: ["7.20", "7.21"],
  printOnEvent: ["7.21", "7.22"],
  rootPingListed: ["7.23", "7.22"],
  printOrderBy: ["7.23", "7.24"],
  serviceAvailableFrom: ["7.23", "7.24"],
};

Deno.test("a capability begins or ends with its release, patches and pre-releases included", () => {
  assert.deepEqual(Object.keys(SIDES).toSorted(), [...CAPABILITY_NAMES].toSorted());
  for (const name of CAPABILITY_NAMES) {
    const [without, having] = SIDES[name];
    for (const suffix of ["", ".9", "beta2 (testing)"]) {
      assert.equal(isCapable(version(without + suffix), name), false, `${name} ${without}${suffix}`);
      assert.equal(isCapable(version(having + suffix), name), true, `${name} ${having}${suffix}`);
    }
  }
});

Deno.test("a version that does not exist yet can do what the newest known one can", () => {
  assert.deepEqual(featuresOf(version("9.3alpha1")), featuresOf(version("7.24")));
});
