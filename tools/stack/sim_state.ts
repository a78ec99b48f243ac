import { join } from "node:path";
import { z } from "zod";
import type { Row } from "@/shared/routeros/mod.ts";
import type { GeneratedSecret, RouterOsSim } from "@/sim/routeros/mod.ts";

/** A router keeps its configuration over a power cut, so the simulated ones do too. */
const shape = z.object({
  port: z.number().int(),
  /** Its network cable was pulled when the stack stopped. */
  unplugged: z.boolean().optional(),
  secrets: z.array(z.object({
    name: z.string(),
    password: z.string(),
    profile: z.string(),
    service: z.string(),
    comment: z.string().nullable(),
    callerId: z.string(),
    remoteAddress: z.string().nullable(),
    disabled: z.boolean(),
    dialing: z.boolean(),
  })),
});

/** What is kept of a simulated router. */
export type SimState = z.infer<typeof shape>;

/** What a simulated router had when the stack stopped; null at the first start. */
export async function loadSimState(dataDir: string, name: string): Promise<SimState | null> {
  let text: string;
  try {
    text = await Deno.readTextFile(fileOf(dataDir, name));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  return shape.parse(JSON.parse(text));
}

/** Writes it whole: a torn file would lose the router's secrets. */
export async function saveSimState(
  dataDir: string,
  name: string,
  sim: RouterOsSim,
  { known, isPlugged }: { known: readonly GeneratedSecret[]; isPlugged: boolean },
): Promise<void> {
  const byName = new Map(known.map((secret) => [secret.name, secret]));
  const dialing = new Set(sim.dialer.names);
  const secrets = sim.world.secrets.rows().map((row) => toSecret(row, byName, dialing));
  const state: SimState = { port: sim.port, secrets, ...(isPlugged ? {} : { unplugged: true }) };
  const path = fileOf(dataDir, name);
  await Deno.writeTextFile(`${path}.new`, JSON.stringify(state));
  await Deno.rename(`${path}.new`, path);
}

/** A row as the router has it now. */
function toSecret(
  row: Row,
  known: ReadonlyMap<string, GeneratedSecret>,
  dialing: ReadonlySet<string>,
): GeneratedSecret {
  const name = row["name"] ?? "";
  const first = known.get(name);
  return {
    name,
    password: row["password"] ?? first?.password ?? "",
    profile: row["profile"] ?? first?.profile ?? "default",
    service: row["service"] ?? first?.service ?? "pppoe",
    comment: row["comment"] ?? null,
    callerId: first?.callerId ?? row["caller-id"] ?? "",
    remoteAddress: row["remote-address"] ?? null,
    disabled: row["disabled"] === "true",
    dialing: dialing.has(name),
  };
}

function fileOf(dataDir: string, name: string): string {
  return join(dataDir, `router-${name}.json`);
}
