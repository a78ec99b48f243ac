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
  /^\s*v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?(?:(alpha|beta|rc)(\d{1,4})?)?(?:[^\s(]*)?\s*(?:\(([^)]*)\))?/;

/** Null when the text does not begin with a version. */
export function parseVersion(text: string): RouterOsVersion | null {
  const match = VERSION.exec(text);
  if (match === null) return null;
  const stage = match[4] as "alpha" | "beta" | "rc" | undefined;
  return {
    major: Number(match[1]),
    minor: Number(match[2]),
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

/** What a version can do; the numbers are from routeros.md section 2. */
export interface RouterOsFeatures {
  /** 6.43: the password is sent in one step. */
  plainLogin: boolean;
  /** 7.10: dates print as 2026-11-26, before as nov/26/2026. */
  isoDates: boolean;
  /** 7.13: /interface/wifi (wifiwave2 before). */
  wifiMenu: boolean;
  /** 7.16: a limit of sessions per service, 20 unless set. */
  maxSessions: boolean;
  /** 7.18: `!empty` before `!done` when there is no row. */
  emptyReply: boolean;
  /** 7.21: passwords print only when asked for. */
  showSensitive: boolean;
}

/** Pre-releases count as their release: the betas of 7.18 already answer `!empty`. */
export function featuresOf(version: RouterOsVersion): RouterOsFeatures {
  const atLeast = (major: number, minor: number) =>
    version.major > major || (version.major === major && version.minor >= minor);
  return {
    plainLogin: atLeast(6, 43),
    isoDates: atLeast(7, 10),
    wifiMenu: atLeast(7, 13),
    maxSessions: atLeast(7, 16),
    emptyReply: atLeast(7, 18),
    showSensitive: atLeast(7, 21),
  };
}
