import type { RouterOsSim } from "@/sim/routeros/mod.ts";

/** A change of a PPP secret that a client asked a simulated router for. */
export interface SecretWrite {
  /** Milliseconds since the epoch. */
  atMs: number;
  names: string[];
  /** What it sets: `disabled` true or false, or another kind of write by its words. */
  change: "disable" | "enable" | string;
}

/** Every write to /ppp/secret that the simulator has recorded, oldest first. */
export function secretWrites(sim: RouterOsSim): SecretWrite[] {
  const names = new Map(sim.world.secrets.rows().map((row) => [row[".id"] ?? "", row["name"] ?? ""]));
  return sim.log.flatMap(({ atMs, words }) => {
    const [command = "", ...rest] = words;
    if (!command.startsWith("/ppp/secret/") || /\/(print|getall|find|get|listen)$/.test(command)) return [];
    const values = new Map(rest.map((word) => splitWord(word)));
    const ids = (values.get("numbers") ?? values.get(".id") ?? "").split(",").filter((id) => id !== "");
    return [{
      atMs: performance.timeOrigin + atMs,
      names: ids.map((id) => names.get(id) ?? id),
      change: changeOf(command, values),
    }];
  });
}

function changeOf(command: string, values: ReadonlyMap<string, string>): string {
  if (command.endsWith("/disable")) return "disable";
  if (command.endsWith("/enable")) return "enable";
  const rest = [...values.keys()].filter((name) => name !== "numbers" && name !== ".id" && name !== ".tag");
  if (command.endsWith("/set") && rest.length === 1 && rest[0] === "disabled") {
    return /^(yes|true)$/.test(values.get("disabled") ?? "") ? "disable" : "enable";
  }
  return `${command} ${rest.join(" ")}`;
}

function splitWord(word: string): [string, string] {
  const match = word.match(/^[=.]*?=?(\.?[a-z-]+)=(.*)$/s);
  return match === null ? [word, ""] : [match[1] ?? "", match[2] ?? ""];
}
