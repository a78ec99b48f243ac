import { sqlState } from "@/web/store/db/unavailable.ts";

/**
 * Runs a use case whose idempotency key two forms may send at the same moment: the loser of the race runs once more and
 * finds what the first one made.
 */
export async function runOnce<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (sqlState(error) !== "23505") throw error;
    return await run();
  }
}
