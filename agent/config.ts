import { parseArgs } from "node:util";
import { done, type Outcome, refuse } from "@/agent/outcome.ts";

/** What the command line asks for. */
export type AgentCommand =
  | { kind: "run"; server: string | null; code: string | null; folder: string; replace: boolean }
  | { kind: "enrol"; server: string; code: string; folder: string; replace: boolean }
  | { kind: "status"; folder: string }
  | { kind: "allow"; name: string; durationMs: number; folder: string }
  | { kind: "help" };

export const USAGE = `Linya agent: keeps a site's routers equal to the books

  agent [run] --server URL --code CODE --data DIR   enrols the first time, then runs
  agent enrol --server URL --code CODE --data DIR   enrols and ends; --replace gives up the identity that is there
  agent status --data DIR                           what this agent knows and how it is
  agent allow USER 24h --data DIR                   lets USER through for a while, whatever the books say (30m, 24h, 7d);
                                                    l2tp//USER where it dials in over L2TP and not PPPoE

  LINYA_AGENT_SERVER, LINYA_AGENT_CODE and LINYA_AGENT_DATA stand for the options.`;

const DEFAULT_FOLDER = ".data/agent";
const ALLOW_MS_MAX = 7 * 24 * 60 * 60_000;

/** The only reader of arguments and environment. */
export function readCommand(
  args: readonly string[],
  env: (name: string) => string | undefined,
): Outcome<AgentCommand, "usage"> {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        server: { type: "string" },
        code: { type: "string" },
        data: { type: "string" },
        replace: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    return refuse("usage", error instanceof Error ? error.message : String(error));
  }
  const { values, positionals: [verb = "run", ...rest] } = parsed;
  if (values.help) return done({ kind: "help" });
  const server = values.server ?? env("LINYA_AGENT_SERVER") ?? null;
  const code = values.code ?? env("LINYA_AGENT_CODE") ?? null;
  const folder = values.data ?? env("LINYA_AGENT_DATA") ?? DEFAULT_FOLDER;
  if (verb === "allow") return readAllow(rest, folder);
  if (rest.length > 0) return refuse("usage", `Cannot use argument "${rest[0]}": ${verb} takes options only`);
  if (verb === "run") return done({ kind: "run", server, code, folder, replace: values.replace });
  if (verb === "status") return done({ kind: "status", folder });
  if (verb !== "enrol") return refuse("usage", `Cannot run "${verb}": no such command`);
  if (server === null || code === null) return refuse("usage", "Cannot enrol: give --server and --code");
  return done({ kind: "enrol", server, code, folder, replace: values.replace });
}

/** "30m", "24h" or "7d" in milliseconds; null for anything else. */
export function parseAllowance(text: string): number | null {
  const match = /^(\d{1,4})([mhd])$/.exec(text);
  if (match === null) return null;
  const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] as "m" | "h" | "d"];
  const ms = Number(match[1]) * unitMs;
  return ms > 0 && ms <= ALLOW_MS_MAX ? ms : null;
}

function readAllow(rest: readonly string[], folder: string): Outcome<AgentCommand, "usage"> {
  const [name, duration = "24h", extra] = rest;
  if (name === undefined || extra !== undefined) {
    return refuse("usage", "Cannot allow: write agent allow USER 24h");
  }
  const durationMs = parseAllowance(duration);
  if (durationMs === null) {
    return refuse("usage", `Cannot allow for "${duration}": write 30m, 24h or 7d, at most 7d`);
  }
  return done({ kind: "allow", name, durationMs, folder });
}
