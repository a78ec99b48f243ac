import { networkOf } from "@/web/domain/access/mod.ts";
import { countHit, deleteEndedWindows } from "@/web/store/access/rate_limits.ts";
import type { ServiceContext } from "../context.ts";

/** Wrong addresses of one network in a window before it is told to wait. */
const WRONG_MAX = 100;
const WINDOW_SECONDS = 15 * 60;

/**
 * Counts an address without sign-in that leads nowhere. A right one is never refused: many subscribers share the address
 * of one network, and whoever guesses there takes nothing from them.
 *
 * @returns seconds that the network has to wait; null while it has not tried too often
 */
export async function countWrongLink(
  { db, clock, log }: Pick<ServiceContext, "db" | "clock" | "log">,
  ip: string,
): Promise<number | null> {
  const now = clock.now();
  await deleteEndedWindows(db, now);
  const network = networkOf(ip);
  const { hits, windowEndsAt } = await countHit(db, `public-link:${network}`, {
    now,
    seconds: WINDOW_SECONDS,
  });
  if (hits <= WRONG_MAX) return null;
  if (hits === WRONG_MAX + 1) log.warn("public_links_guessed", { network, tries: hits });
  return Math.max(1, Math.ceil(windowEndsAt.since(now).total("seconds")));
}
