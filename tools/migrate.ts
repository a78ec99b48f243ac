import { createLogger } from "@/shared/log.ts";
import { migrate, migrationStatus } from "@/web/store/db/migrate.ts";

const USAGE = `Usage: deno task migrate [up | down | status] [--to NNNN]

  up       bring the schema to the newest migration, or to NNNN
  down     go back to NNNN (0000 empties the schema); --to is required
  status   list the migrations and whether the database has them

DATABASE_OWNER_URL names the database with the owner role; DATABASE_URL, when set, the role that gets the rights.`;

/** Runs the command and returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = args[0] ?? "up";
  const toIndex = args.indexOf("--to");
  const to = toIndex < 0 ? undefined : args[toIndex + 1];
  if (!["up", "down", "status"].includes(command) || (command === "down" && to === undefined)) {
    console.error(USAGE);
    return 2;
  }
  const ownerUrl = Deno.env.get("DATABASE_OWNER_URL");
  if (ownerUrl === undefined || ownerUrl === "") {
    console.error("Cannot migrate: DATABASE_OWNER_URL is not set");
    return 2;
  }
  const log = createLogger((line) => console.error(line), () => Temporal.Now.instant());
  try {
    if (command === "status") await printStatus(ownerUrl, log);
    else await runMigrations(ownerUrl, to, log);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

type Log = Parameters<typeof migrationStatus>[1];

async function printStatus(ownerUrl: string, log: Log): Promise<void> {
  for (const { name, isApplied } of await migrationStatus(ownerUrl, log)) {
    console.log(`${isApplied ? "applied" : "waiting"}  ${name}`);
  }
}

async function runMigrations(ownerUrl: string, to: string | undefined, log: Log): Promise<void> {
  const appUrl = Deno.env.get("DATABASE_URL");
  const appRole = appUrl === undefined || appUrl === "" ? "" : decodeURIComponent(new URL(appUrl).username);
  const steps = await migrate(
    ownerUrl,
    { ...(to === undefined ? {} : { to }), ...(appRole === "" ? {} : { appRole }) },
    log,
  );
  for (const { name, direction } of steps) console.log(`${direction.padEnd(4)} ${name}`);
  if (steps.length === 0) console.log("The schema is up to date");
}

if (import.meta.main) Deno.exit(await main(Deno.args));
