/** A RouterOS version such as "6.49.2 (stable)" or "7.21beta2 (testing)". */
export interface RouterOsVersion {
  major: number;
  minor: number;
  patch: number;
  /** `alpha`, `beta` or `rc` with its number; null for a release. */
  preRelease: { stage: "alpha" | "beta" | "rc"; number: number } | null;
  /** What stands in parentheses ("stable", "long-term", "testing"), or null. */
  channel: string | null;
  text: string;
}

const VERSION =
  /^\s*v?(\d{1,4})(?:\.(\d{1,4})(?:\.(\d{1,4}))?)?(?:[._-]?(alpha|beta|rc)(\d{1,4})?)?(?![\d])(?:[^\s(]*)\s*(?:\(([^)]*)\))?/;

/**
 * Null when the text does not begin with a version. What stands behind the numbers and is not known is passed over,
 * so that a build of tomorrow is still read.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseVersion } from "./version.ts";
 * assert.equal(parseVersion("7.21beta2 (testing)")?.preRelease?.number, 2);
 * assert.equal(parseVersion("SwOS"), null);
 * ```
 */
export function parseVersion(text: string): RouterOsVersion | null {
  const match = VERSION.exec(text);
  if (match === null) return null;
  const stage = match[4] as "alpha" | "beta" | "rc" | undefined;
  return {
    major: Number(match[1]),
    minor: Number(match[2] ?? 0),
    patch: Number(match[3] ?? 0),
    preRelease: stage === undefined ? null : { stage, number: Number(match[5] ?? 0) },
    channel: match[6] ?? null,
    text: text.trim(),
  };
}

const STAGE_ORDER = { alpha: 0, beta: 1, rc: 2 } as const;

/** Negative when `a` is older. A pre-release is older than its release. */
export function compareVersions(a: RouterOsVersion, b: RouterOsVersion): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch || stageRank(a) - stageRank(b);
}

function stageRank({ preRelease }: RouterOsVersion): number {
  return preRelease === null ? 1_000_000 : STAGE_ORDER[preRelease.stage] * 10_000 + preRelease.number;
}

/** The first release that has it, and the first that lacks it again. */
interface Availability {
  from?: readonly [major: number, minor: number];
  until?: readonly [major: number, minor: number];
}

const CAPABILITIES = {
  /** The password is sent in one step; before, the router hands out a challenge first. */
  plainLogin: { from: [6, 43] },
  /** /ip/ssh forwarding-enabled says no, local, remote or both; before, it is a boolean. */
  sshForwardingModes: { from: [6, 44] },
  /** The policies dude and tikapp. */
  dudePolicies: { until: [7, 0] },
  /** The policy rest-api. */
  restApi: { from: [7, 0] },
  /** The fields of IPv6 in profiles are always there; before, with a package. */
  profileIpv6: { from: [7, 0] },
  /** The column vrf of /ip/service. */
  serviceVrf: { from: [7, 0] },
  /** Dates print as 2026-11-26; before, as nov/26/2026. */
  isoDates: { from: [7, 10] },
  natRandomisePorts: { from: [7, 10] },
  /** `get` takes as-string. */
  getAsString: { from: [7, 12] },
  /** /interface/wifi; before, wifiwave2. */
  wifiMenu: { from: [7, 13] },
  /** `ping` takes proplist. */
  pingProplist: { from: [7, 15] },
  /** A limit of sessions for each service, 20 unless set. */
  maxSessions: { from: [7, 16] },
  /** Users that do nothing may be logged out. */
  userInactivity: { from: [7, 16] },
  printFollowStrict: { until: [7, 16] },
  /** /ip/ssh ciphers; before, allow-none-crypto. */
  sshCiphers: { from: [7, 17] },
  serviceUnset: { until: [7, 17] },
  /** bridge-port-trusted and bridge-port-vid of a profile. */
  profileBridgePort: { from: [7, 17] },
  /** `!empty` before `!done` when there is no row. */
  emptyReply: { from: [7, 18] },
  /** A session is ended with remove; before, with request-logout. */
  userActiveRemove: { from: [7, 20] },
  /** dhcpv6-lease-time, dhcpv6-use-radius and remote-ipv6-prefix-reuse of a profile. */
  profileDhcpv6: { from: [7, 20] },
  natSocks5: { from: [7, 20] },
  /** /ip/service prints other listeners and live connections as dynamic rows too. The first release is not known. */
  serviceDynamicRows: { from: [7, 20] },
  /** The board name of a CHR carries its hypervisor: match its beginning. The first release is not known. */
  chrHypervisorName: { from: [7, 20] },
  /** /ip/ssh password-authentication; before, always-allow-password-login. */
  sshPasswordAuthentication: { from: [7, 21] },
  /** `print` takes show-sensitive. */
  showSensitive: { from: [7, 21] },
  /** `print` takes on-event, timestamp and comments. */
  printOnEvent: { from: [7, 22] },
  /** The console lists the short form of ping; the API has it in every version. */
  rootPingListed: { until: [7, 23] },
  /** `print` takes order-by. */
  printOrderBy: { from: [7, 24] },
  serviceAvailableFrom: { from: [7, 24] },
} as const satisfies Record<string, Availability>;

/** What a version may be able to do, by name. */
export type Capability = keyof typeof CAPABILITIES;

/** Every capability, in the order of the releases that brought them. */
export const CAPABILITY_NAMES = Object.keys(CAPABILITIES) as readonly Capability[];

/**
 * Whether a version can do something. Pre-releases count as their release: the betas of 7.18 already answer `!empty`.
 * A version that does not exist yet can do what the newest known one can.
 */
export function isCapable(version: RouterOsVersion, capability: Capability): boolean {
  const { from, until }: Availability = CAPABILITIES[capability];
  return (from === undefined || isAtLeast(version, from)) &&
    (until === undefined || !isAtLeast(version, until));
}

function isAtLeast(version: RouterOsVersion, [major, minor]: readonly [number, number]): boolean {
  return version.major > major || (version.major === major && version.minor >= minor);
}

/** Each capability, and whether a version has it. */
export type RouterOsFeatures = Readonly<Record<Capability, boolean>>;

/** All capabilities of one version, for who asks for many: the simulator. */
export function featuresOf(version: RouterOsVersion): RouterOsFeatures {
  const entries = CAPABILITY_NAMES.map((name) => [name, isCapable(version, name)]);
  return Object.fromEntries(entries) as RouterOsFeatures;
}
