import { err, ok, type Result } from "@/shared/result.ts";
import { networkOf } from "@/web/domain/access/mod.ts";
import { clearHits, countHit, deleteEndedWindows, forgiveHit } from "@/web/store/access/rate_limits.ts";
import type { SessionContext } from "./sign_in.ts";

/** Tries per account and network in a window; a network alone gets more, against spraying over many accounts. */
const TRIES_PER_ACCOUNT = 5;
const TRIES_PER_NETWORK = 50;
const WINDOW_SECONDS = 15 * 60;

/** Who tries to sign in, and from where. */
export interface Try {
  /** The staff id where there is such a person, else what was typed: two spellings of an address share one limit. */
  account: string;
  ip: string;
}

/** Counts a try before its password is looked at, so that tries at the same time cannot pass the limit together. */
export async function countTry(
  context: SessionContext,
  { account, ip }: Try,
): Promise<Result<null, "too_many_tries">> {
  const window = { now: context.clock.now(), seconds: WINDOW_SECONDS };
  await deleteEndedWindows(context.db, window.now);
  const own = await countHit(context.db, accountKey(account, ip), window);
  const network = await countHit(context.db, networkKey(ip), window);
  if (own.hits <= TRIES_PER_ACCOUNT && network.hits <= TRIES_PER_NETWORK) return ok(null);
  const until = own.hits > TRIES_PER_ACCOUNT ? own.windowEndsAt : network.windowEndsAt;
  const minutes = Math.max(1, Math.ceil(until.since(window.now).total("minutes")));
  return err(
    "too_many_tries",
    `Too many wrong tries. Wait ${minutes} ${minutes === 1 ? "minute" : "minutes"}, then try again.`,
  );
}

/** The password was right: the account starts again, and an office behind one address does not use up its tries. */
export async function forgetTry(context: SessionContext, { account, ip }: Try): Promise<void> {
  await clearHits(context.db, accountKey(account, ip));
  await forgiveHit(context.db, networkKey(ip));
}

function accountKey(account: string, ip: string): string {
  return `login:${account}:${networkOf(ip)}`;
}

function networkKey(ip: string): string {
  return `login-ip:${networkOf(ip)}`;
}
