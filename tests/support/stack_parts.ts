import { join } from "node:path";
import { uuidv7 } from "@/shared/ids.ts";
import { silentLogger } from "@/shared/log.ts";
import { generateSecrets } from "@/sim/routeros/mod.ts";
import type { RouterPlan, Stack } from "@/tools/stack/mod.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import type { OpenDatabase } from "@/web/store/db/database.ts";
import { isFree } from "@/embedded_postgres/port.ts";
import { publishHubNotice } from "@/web/store/network/hub_notices.ts";
import { systemClock } from "@/web/system_clock.ts";
import { roomForDatabases } from "./room.ts";

/** Services of this process, which tell the web's hub as another node would. */
export function contextOn(database: OpenDatabase): ServiceContext {
  // Another node of the web would tell the hub in the same way; the id says that it is none of the hub's own hints.
  const tell = (wake: Record<string, unknown>) =>
    void publishHubNotice(database.db, JSON.stringify({ node: "tests", ...wake })).catch(() => {
      // Only a hint, and the database may be away in a test.
    });
  return {
    db: database.db,
    clock: systemClock,
    log: silentLogger,
    notifyRouters: (tenant, routers) => tell({ tenant, routers }),
    notifyCommands: (tenant, agent) => tell({ tenant, agent }),
  };
}

/** Routers without a name in common, so that a test may speak of a line by its name. */
export function routerPlans(count: number, secrets: number): RouterPlan[] {
  const taken = new Set<string>();
  const plans: RouterPlan[] = [];
  for (let seed = 101; plans.length < count; seed++) {
    const names = generateSecrets(secrets, seed).map((secret) => secret.name);
    if (names.some((name) => taken.has(name))) continue;
    for (const name of names) taken.add(name);
    const number = plans.length + 1;
    const serialNumber = `HE108TEST00${number}`;
    plans.push({ name: `Core-${number}`, version: "6.49.10", serialNumber, secrets, seed });
  }
  return plans;
}

/** A folder that the database's account can reach; removed with the stack. */
export async function makeDataDir(): Promise<string> {
  const dataDir = await Deno.makeTempDir({ dir: await roomForDatabases(), prefix: "linya-stack-" });
  if (Deno.uid() === 0) await Deno.chmod(dataDir, 0o755);
  return dataDir;
}

/** The web takes a port and the one after it. */
export function freePortPair(): number {
  for (let tries = 0; tries < 200; tries++) {
    const port = 20_000 + Math.floor(Math.random() * 9_998);
    if (isFree(port) && isFree(port + 1)) return port;
  }
  throw new Error("Cannot find two free ports: 200 pairs between 20000 and 29999 are taken");
}

/** Leaves no process and no file behind. */
export async function stopAndRemove(stack: Stack, dataDir: string): Promise<void> {
  await stack.stop();
  await Deno.remove(dataDir, { recursive: true });
}

/** Last lines of web and agent, for the message of a test that failed. */
export async function tailOfLogs(dataDir: string, lines = 12): Promise<string> {
  const parts: string[] = [];
  for (const name of ["web", "agent"]) {
    const text = await Deno.readTextFile(join(dataDir, "logs", `${name}.log`)).catch(() => "");
    parts.push(`--- ${name}`, ...text.trimEnd().split("\n").slice(-lines));
  }
  return parts.join("\n");
}

/** Id for rows that a test adds itself. */
export function newId(): string {
  return uuidv7(systemClock.now().epochMilliseconds);
}
