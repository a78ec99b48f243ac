import { join } from "node:path";
import { z } from "zod";
import type { GeneratedSecret, RouterOsSim } from "@/sim/routeros/mod.ts";

/** A router keeps its configuration over a power cut, so the simulated ones do too. */
const shape = z.object({
  port: z.number().int(),
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
  first: readonly GeneratedSecret[],
): Promise<void> {
  const secrets = first.map((secret) => {
    const row = sim.world.secrets.named(secret.name)[0];
    return row === undefined
      ? secret
      : { ...secret, disabled: row["disabled"] === "true", profile: row["profile"] ?? secret.profile };
  });
  const path = fileOf(dataDir, name);
  await Deno.writeTextFile(`${path}.new`, JSON.stringify({ port: sim.port, secrets } satisfies SimState));
  await Deno.rename(`${path}.new`, path);
}

function fileOf(dataDir: string, name: string): string {
  return join(dataDir, `router-${name}.json`);
}
