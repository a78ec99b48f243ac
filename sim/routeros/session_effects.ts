import type { Row } from "@/shared/routeros/mod.ts";
import { QUEUE_DEFAULTS } from "./queue_rows.ts";
import { duration, pairOf, ratePair } from "./values.ts";
import type { RouterWorld } from "./world.ts";

/** The interface of a subscriber's session, and the target of its queue. */
export function interfaceOf(subscriber: string, service = "pppoe"): string {
  return `<${service}-${subscriber}>`;
}

/** The id that everything of a session has in its own menu. */
function effectId(sessionId: string): string {
  return `*F${sessionId.slice(2)}`;
}

/** What a session brings with it: an interface, and the queue and the address list entry of its profile. */
export function raiseEffects(world: RouterWorld, session: Row, profile: Row | undefined): void {
  const id = effectId(session[".id"] ?? "");
  const name = interfaceOf(session["name"] ?? "", session["service"]);
  const dynamic = { dynamic: "true", disabled: "false" };
  world.interfaces.insert({ name, type: `${session["service"]}-in`, running: "true", ...dynamic }, id);
  const queue = queueOf(profile?.["rate-limit"] ?? "");
  if (queue !== null) {
    const parent = profile?.["parent-queue"] ?? "none";
    world.queues.insert({ ...QUEUE, name, target: name, parent, ...queue, ...dynamic }, id);
  }
  const list = profile?.["address-list"] ?? "";
  if (list === "") return;
  const created = world.printDate(world.localTime());
  world.addressLists.insert(
    { list, address: session["address"] ?? "", "creation-time": created, ...dynamic },
    id,
  );
}

/** All of it goes with the session. */
export function dropEffects(world: RouterWorld, sessionId: string): void {
  const id = effectId(sessionId);
  for (const table of [world.interfaces, world.queues, world.addressLists]) table.remove(id);
}

const QUEUE: Row = {
  ...QUEUE_DEFAULTS,
  bytes: "0/0",
  packets: "0/0",
  dropped: "0/0",
  rate: "0/0",
  invalid: "false",
};

/** What the parts of a rate-limit are in a queue, in their order; the priority, which follows, is one number. */
const RATE_PARTS = ["max-limit", "burst-limit", "burst-threshold"] as const;

/**
 * The limits of the queue that a rate-limit makes, or null when it makes none. Both count from the router: the first
 * number of a pair is what it receives, which is the subscriber's upload.
 */
function queueOf(rateLimit: string): Row | null {
  const [rates, burst, threshold, time, priority, limitAt] = rateLimit.split(/ +/);
  if (rates === undefined || rates === "") return null;
  const queue: Row = {};
  [rates, burst, threshold].forEach((pair, i) => {
    const name = RATE_PARTS[i] ?? "";
    if (pair !== undefined) queue[name] = ratePair(name, pair);
  });
  if (time !== undefined) {
    queue["burst-time"] = pairOf(duration())("burst-time", time);
  }
  if (priority !== undefined) queue["priority"] = `${priority}/${priority}`;
  if (limitAt !== undefined) queue["limit-at"] = ratePair("limit-at", limitAt);
  return queue;
}
