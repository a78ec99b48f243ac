import { RouterOsError, type Row } from "@/shared/routeros/mod.ts";
import type { CallOptions } from "./request.ts";
import type { Change, RouterOsSession } from "./session.ts";

/** All rows of a menu, or one change of them. The first is always a state, and after every reconnect comes one again. */
export type Followed = { kind: "state"; rows: Row[] } | ({ kind: "change" } & Change);

export interface FollowOptions extends Pick<CallOptions, "proplist"> {
  /** Opens a connection; called again whenever the one before has ended. */
  connect(): Promise<RouterOsSession>;
  signal: AbortSignal;
  /** First and longest wait before a new connection; 250 and 5,000 unless set. */
  retryMs?: { first: number; longest: number };
  /** From 0 to 1; spreads the waits. */
  random?: () => number;
}

/**
 * What a menu such as `/ppp/active` holds and every change of it, across connections that come and go. The listen begins
 * before the print, so that no change falls between the two; one that the print already shows is told again.
 * A refusal by the router ends it with that error; a lost connection does not.
 */
export async function* followMenu(menu: string, options: FollowOptions): AsyncGenerator<Followed> {
  const { signal } = options;
  let failures = 0;
  while (!signal.aborted) {
    try {
      for await (const followed of followOnce(menu, options)) {
        failures = 0;
        yield followed;
      }
    } catch (error) {
      if (!isLost(error)) throw error;
    }
    if (!signal.aborted) await pause(waitMs(failures++, options), signal);
  }
}

/** Until the connection or the signal ends it. */
async function* followOnce(menu: string, options: FollowOptions): AsyncGenerator<Followed> {
  const { proplist, signal } = options;
  const fields = proplist === undefined ? {} : { proplist };
  const session = await options.connect();
  try {
    const changes = session.listen(`${menu}/listen`, { ...fields, signal });
    const printed = session.call(`${menu}/print`, {}, { ...fields, signal });
    // Taken while the print runs: a listen that nobody reads would hold the print back too.
    const early: Change[] = [];
    const isPrinted = printed.then(() => null);
    let next = changes.next();
    for (let first = await Promise.race([isPrinted, next]); first !== null && first.done !== true;) {
      early.push(first.value);
      next = changes.next();
      first = await Promise.race([isPrinted, next]);
    }
    yield { kind: "state", rows: (await printed).rows };
    for (const change of early) yield { kind: "change", ...change };
    for (let change = await next; change.done !== true; change = await changes.next()) {
      yield { kind: "change", ...change.value };
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await session.close();
  }
}

/** A connection that could not be made or ended: another may do better. */
function isLost(error: unknown): boolean {
  return error instanceof RouterOsError &&
    ["router_unreachable", "router_connection_closed", "router_timeout", "router_fatal"].includes(error.code);
}

function waitMs(failures: number, { retryMs, random = Math.random }: FollowOptions): number {
  const { first, longest } = retryMs ?? { first: 250, longest: 5_000 };
  return Math.min(longest, first * 2 ** Math.min(failures, 10)) * (0.5 + random() / 2);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, ms);
  const onAbort = () => over.resolve();
  signal.addEventListener("abort", onAbort);
  await over.promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", onAbort);
}
