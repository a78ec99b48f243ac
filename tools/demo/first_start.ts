import { join } from "node:path";

const MARK = "demo_filled";

/**
 * Refuses a folder whose first start was interrupted: it holds half a provider, without the logins that are printed.
 *
 * @throws {Error} that says what to do
 */
export async function assertFilled(dataDir: string): Promise<void> {
  try {
    await Deno.stat(join(dataDir, MARK));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(
      `Cannot go on with the demo: its first start was interrupted before it was filled; remove "${dataDir}" and start again`,
    );
  }
}

/** Remembers that the first start went to its end. */
export async function markFilled(dataDir: string): Promise<void> {
  await Deno.writeTextFile(join(dataDir, MARK), "");
}
