import { z } from "zod";
import { VERSION_PROBES } from "./routeros_version_probes.ts";
import type { CasesByKind, Comparison, Suite } from "./types.ts";

const difference = z.object({ since: z.string(), area: z.string(), change: z.string() });
type Difference = z.output<typeof difference>;

/** Where versions differ: the simulator differs at the same release, in the menus that it has. */
export const routerosVersionSuite: Suite = {
  name: "routeros_versions",
  files: ["routeros/version_differences.json"],
  split: ([file]) => splitDifferences(z.array(difference).parse(file)),
  leftOut: ([file]) => leftOutOf(z.array(difference).parse(file)),
  kinds: { differences: runDifference },
};

/** Areas of menus that this simulator is not about. */
const ELSEWHERE = new Set([
  "api-ssl",
  "system ntp client",
  "netwatch",
  "export",
  "container",
  "wifi",
  "pppoe-server server",
  "device-mode",
  "system package",
  "safe mode",
  "dhcp lease",
  "firewall filter",
  "scheduler",
]);

function splitDifferences(rows: readonly Difference[]): CasesByKind {
  const ours = rows.filter(({ area }) => !ELSEWHERE.has(area));
  const cases = ours.map((content) => ({
    id: `${content.since} ${content.area}: ${content.change}`,
    content,
  }));
  return new Map([["differences", cases]]);
}

function leftOutOf(rows: readonly Difference[]): readonly string[] {
  const areas = rows.map(({ area }) => area).filter((area) => ELSEWHERE.has(area));
  if (areas.length === 0) return [];
  return [
    `${areas.length} differences of what the simulator does not have: ${[...new Set(areas)].join(", ")}`,
  ];
}

/** Every probe of the area that the words of the row speak of, on the release before and on the release itself. */
async function runDifference(content: unknown): Promise<Comparison> {
  const { since, area, change } = difference.parse(content);
  const probes = VERSION_PROBES.filter((probe) => probe.area === area && probe.words.test(change));
  if (probes.length === 0) throw new Error(`Cannot check "${change}": nobody has said how it shows`);
  const [before, at] = sidesOf(since);
  const expected: Record<string, unknown> = {};
  const got: Record<string, unknown> = {};
  for (const { name, expect, ask } of probes) {
    expected[name] = before === null ? [expect[1]] : [...expect];
    got[name] = before === null ? [await ask(at)] : [await ask(before), await ask(at)];
  }
  return { expected, got };
}

/** The newest release before the change, and the release of it; what holds for all has no release before. */
function sidesOf(since: string): readonly [string | null, string] {
  if (since === "all") return [null, "7.24"];
  // "6.4x..7.0" was seen between the two: by the later one. "7.2x" was seen somewhere in the twenties.
  const text = since.slice(since.lastIndexOf("..") + 1).replace(/^\./, "");
  if (/^\d+\.\d+x/.test(text)) return [null, `${text.slice(0, text.indexOf("x"))}4`];
  const release = /\d+(?:\.\d+)?/.exec(text)?.[0];
  if (release === undefined) throw new Error(`Cannot tell since which release: "${since}" names none`);
  const [major = 0, minor = 0] = release.split(".").map(Number);
  return [minor === 0 ? `${major - 1}.49` : `${major}.${minor - 1}`, `${major}.${minor}`];
}
