import type { RouterOsVersion } from "@/shared/routeros/mod.ts";

/**
 * A word of the version table: a name, then optionally the release it came with and the first that lacks it.
 * `vrf` is in every version, `tos>=7.21` came with 7.21, `tls-host<7.16` is gone from 7.16.
 */
interface DatedName {
  name: string;
  from: Release;
  until: Release;
}

/** Major and minor: patches of one release have the same commands. */
type Release = readonly [number, number];

const DATED = /^([^<>]+?)(?:>=(\d+)(?:\.(\d+))?)?(?:<(\d+)(?:\.(\d+))?)?$/;
const ALWAYS: Release = [0, 0];
const NEVER: Release = [Infinity, 0];

export function parseDatedName(word: string): DatedName {
  const match = DATED.exec(word);
  if (match === null) throw new TypeError(`Cannot read "${word}" of the version table: not a dated name`);
  const [, name = "", fromMajor, fromMinor, untilMajor, untilMinor] = match;
  return { name, from: release(fromMajor, fromMinor, ALWAYS), until: release(untilMajor, untilMinor, NEVER) };
}

function release(major: string | undefined, minor: string | undefined, otherwise: Release): Release {
  return major === undefined ? otherwise : [Number(major), Number(minor ?? 0)];
}

/** Pre-releases have the commands of their release. */
export function isIn(version: RouterOsVersion, { from, until }: DatedName): boolean {
  return isAtLeast(version, from) && !isAtLeast(version, until);
}

function isAtLeast({ major, minor }: RouterOsVersion, [wantedMajor, wantedMinor]: Release): boolean {
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** The names of a list that a version has. */
export function namesIn(version: RouterOsVersion, list: string): Set<string> {
  const dated = list.split(/\s+/).filter((word) => word !== "").map(parseDatedName);
  return new Set(dated.filter((one) => isIn(version, one)).map((one) => one.name));
}
