import { networkOf } from "@/web/domain/access/mod.ts";
import { countHit, deleteEndedWindows } from "@/web/store/access/rate_limits.ts";
import type { ServiceContext } from "../context.ts";

type DoorContext = Pick<ServiceContext, "db" | "clock" | "log">;

/** Wrong addresses of one network in a window before it is told to wait. */
const WRONG_MAX = 100;
const WRONG_SECONDS = 15 * 60;
/** Statements of one bill that are printed for one network in a window. */
const PRINTED_MAX = 60;
const PRINTED_SECONDS = 10 * 60;

/**
 * Counts an address without sign-in that leads nowhere. A right one is never refused: many subscribers share the address
 * of one network, and whoever guesses there takes nothing from them.
 *
 * @returns seconds that the network has to wait; null while it has not tried too often
 */
export async function countWrongLink(context: DoorContext, ip: string): Promise<number | null> {
  const network = networkOf(ip);
  const { hits, seconds } = await count(context, `public-link:${network}`, WRONG_SECONDS);
  if (hits <= WRONG_MAX) return null;
  if (hits === WRONG_MAX + 1) context.log.warn("public_links_guessed", { network, tries: hits });
  return seconds;
}

/**
 * Counts a statement that is printed at its public address, so that printing it over and over keeps no server busy. Each
 * bill is counted by itself: who shares a network takes nothing from the others.
 *
 * @returns seconds that the network has to wait for this bill's; null while it has not asked too often
 */
export async function countPrinted(context: DoorContext, ip: string, billId: string): Promise<number | null> {
  const network = networkOf(ip);
  const { hits, seconds } = await count(context, `public-statement:${billId}:${network}`, PRINTED_SECONDS);
  if (hits <= PRINTED_MAX) return null;
  if (hits === PRINTED_MAX + 1) context.log.warn("public_statement_hurried", { network, bill: billId });
  return seconds;
}

async function count({ db, clock }: DoorContext, key: string, seconds: number) {
  const now = clock.now();
  await deleteEndedWindows(db, now);
  const { hits, windowEndsAt } = await countHit(db, key, { now, seconds });
  return { hits, seconds: Math.max(1, Math.ceil(windowEndsAt.since(now).total("seconds"))) };
}
