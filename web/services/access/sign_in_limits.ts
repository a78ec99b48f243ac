import { sha256 } from "@/shared/crypto/mod.ts";
import { networkOf } from "@/web/domain/access/mod.ts";
import {
  clearHits,
  countHit,
  deleteEndedWindows,
  forgiveHit,
  takeTurn,
} from "@/web/store/access/rate_limits.ts";
import type { SessionContext } from "./session.ts";

/**
 * Wrong tries in a window before they have to wait. A browser in which the account has signed in before has a budget of
 * its own and none of the others: whatever strangers do, its owner gets in.
 */
const TRIES = { browser: 10, accountAndNetwork: 5, account: 30, network: 50 } as const;
const WINDOW_SECONDS = 15 * 60;
/** Above a budget one try is looked at after the other, further and further apart. Nobody is locked out. */
const FIRST_WAIT_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 300;
/**
 * Accounts are counted by a part of their hash: made-up ones cannot fill the table, and they are counted exactly as those
 * that exist. A network has so many counters, the installation so many.
 */
const COUNTERS = { ofNetwork: 2 ** 8, ofAll: 2 ** 16 } as const;

/** Who tries to sign in, and from where. */
export interface Try {
  /** The staff id where there is such a person, else what was typed: two spellings of an address share one limit. */
  account: string;
  ip: string;
  /** Name of the browser, where this account has signed in before. */
  browser: string | null;
}

/** Whether a try is looked at, and by which budget; else how long it has to wait. */
export type Admission = { by: "browser" | "others" } | { waitSeconds: number };

/** Counts a try before its password is looked at, so that tries at the same time cannot pass the limit together. */
export async function admitTry(context: SessionContext, tried: Try): Promise<Admission> {
  const { db } = context;
  const window = { now: context.clock.now(), seconds: WINDOW_SECONDS };
  await deleteEndedWindows(db, window.now);
  if (tried.browser !== null) {
    const { hits } = await countHit(db, browserKey(tried.browser), window);
    if (hits <= TRIES.browser) return { by: "browser" };
  }
  const keys = await keysOf(tried);
  const pair = await countHit(db, keys.pair, window);
  const account = await countHit(db, keys.account, window);
  const network = await countHit(db, keys.network, window);
  const isCalm = pair.hits <= TRIES.accountAndNetwork && account.hits <= TRIES.account &&
    network.hits <= TRIES.network;
  if (isCalm) return { by: "others" };
  const { now } = window;
  const opensAt = await takeTurn(db, keys.turn, { now, waitSeconds, keepSeconds: WINDOW_SECONDS });
  if (opensAt === null) return { by: "others" };
  return { waitSeconds: Math.max(1, Math.ceil(opensAt.since(now).total("seconds"))) };
}

/** The password was right: the account starts again here, and an office behind one address does not use up its tries. */
export async function forgetTry(
  { db }: SessionContext,
  tried: Try,
  admission: { by: "browser" | "others" },
): Promise<void> {
  if (tried.browser !== null) await clearHits(db, browserKey(tried.browser));
  if (admission.by === "browser") return;
  const keys = await keysOf(tried);
  await clearHits(db, keys.pair);
  await clearHits(db, keys.turn);
  await forgiveHit(db, keys.account);
  await forgiveHit(db, keys.network);
}

/** Before turn 1, 2, 3, …: half a minute, then twice as long each time. */
function waitSeconds(turn: number): number {
  return Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** Math.min(turn - 1, 10));
}

function browserKey(browser: string): string {
  return `login-browser:${browser}`;
}

async function keysOf({ account, ip }: Try) {
  const hash = new DataView((await sha256(account)).buffer);
  const network = networkOf(ip);
  const ofNetwork = hash.getUint32(0) % COUNTERS.ofNetwork;
  return {
    pair: `login:${ofNetwork}:${network}`,
    turn: `login-turn:${ofNetwork}:${network}`,
    account: `login-account:${hash.getUint32(4) % COUNTERS.ofAll}`,
    network: `login-network:${network}`,
  };
}
