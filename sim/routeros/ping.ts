import type { Row } from "@/shared/routeros/mod.ts";
import { type Command, missingValues } from "./command.ts";
import { project, proplistOf, type Verb } from "./menus.ts";
import { whole } from "./values.ts";
import type { RouterWorld } from "./world.ts";

/** What a count may be: of 32 bits. */
const COUNT_MAX = 4_294_967_295;

/** What was asked for, in the end; `count` is null for a ping without one. */
export function parsePing({ attributes }: Command): { address: string; count: number | null } {
  const { address, count } = attributes;
  if (address === undefined || address === "") throw missingValues(["address"]);
  return { address, count: count === undefined ? null : Number(whole(1, COUNT_MAX)("count", count)) };
}

/** Echo requests so far, and those that were answered. */
export interface PingTally {
  sent: number;
  received: number;
}

/** Sends one more echo request, and says what came of it. */
export function pingOnce(world: RouterWorld, command: Command, tally: PingTally): Row {
  const { address } = parsePing(command);
  const isAnswered = world.reachable.has(address) ||
    world.active.rows().some((row) => row["address"] === address);
  const seq = String(tally.sent++);
  if (isAnswered) tally.received++;
  const row: Row = {
    seq,
    host: address,
    ...(isAnswered ? { size: "56", ttl: "64", time: "2ms" } : { status: "timeout" }),
    sent: String(tally.sent),
    received: String(tally.received),
    "packet-loss": String(Math.floor((tally.sent - tally.received) * 100 / tally.sent)),
  };
  return project({ fields: Object.keys(row) }, row, proplistOf(command));
}

/** The first answer; the others come one by one, over a connection. */
export function pingVerb(world: RouterWorld): Verb {
  return (_caller, command) => ({
    rows: [pingOnce(world, command, { sent: 0, received: 0 })],
    isPrint: true,
  });
}
