import { fileURLToPath } from "node:url";
import { runConformance } from "./run.ts";
import { SUITES } from "./suites.ts";

/*
 * deno task conformance [folder]
 *
 * Runs the product on worked cases and recorded data. The folder is `../shared/fixtures` beside the project unless
 * another one of the same layout is named. Exits with 1 on any difference.
 */

const PROJECT = new URL("../../", import.meta.url);
const DEFAULT_FOLDER = "../shared/fixtures";

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const [named] = args;
  const folder = named === undefined
    ? fileURLToPath(new URL(DEFAULT_FOLDER, PROJECT))
    : fromWhereAsked(named);
  if (!await isFolder(folder)) {
    write(Deno.stderr, `Cannot run conformance: the folder ${named ?? DEFAULT_FOLDER} does not exist`);
    return 1;
  }
  const { failed } = await runConformance(folder, SUITES, (line) => write(Deno.stdout, line));
  return failed === 0 ? 0 : 1;
}

function write(to: { writeSync(bytes: Uint8Array): number }, line: string): void {
  let bytes = new TextEncoder().encode(`${line}\n`);
  while (bytes.length > 0) bytes = bytes.subarray(to.writeSync(bytes));
}

/** A task runs in the project's folder; a relative path is meant from where the person stood. */
function fromWhereAsked(path: string): string {
  const stood = Deno.env.get("INIT_CWD") ?? Deno.cwd();
  return path.startsWith("/") ? path : `${stood}/${path}`;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
