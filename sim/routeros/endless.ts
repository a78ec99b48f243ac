import { parseDuration, type Row, type Trap } from "@/shared/routeros/mod.ts";
import { type Command, invalidValue, noSuchCommand, outOfRange, Refusal } from "./command.ts";
import type { Hub } from "./hub.ts";
import { type Caller, type Menu, project, proplistOf, verbOf } from "./menus.ts";
import { parsePing, pingOnce } from "./ping.ts";
import { withoutPassword } from "./ppp.ts";
import { matchesQuery } from "./query.ts";
import { wordsOf } from "./replies.ts";
import { checkCommand, respond } from "./respond.ts";

/** What a lasting command needs: who asks, where its rows go, and how it says that no more will come. */
export interface EndlessContext {
  hub: Hub;
  caller: Caller;
  /** Whether so much waits to be read that more must wait. */
  isFull(): boolean;
  reply(words: readonly string[]): void;
  done(traps?: readonly Trap[]): void;
}

/** Begins a command that lasts, most until they are cancelled; returns how to end it, or throws the router's refusal. */
export type Begin = (command: Command, context: EndlessContext) => () => void;

const INTERVAL_MS_MIN = 10;

/** How a command that lasts begins, or null for one that is answered at once. */
export function endlessOf(command: Command): Begin | null {
  const { verb, attributes } = command;
  if (verb === "listen") return listen;
  if (verb === "ping") return ping;
  if (MONITORING.has(verb) && isNo(attributes["once"]) !== false) return monitor;
  if (verb !== "print" || isNo(attributes["count-only"]) === false) return null;
  if (attributes["interval"] !== undefined) return repeat;
  return FOLLOWING.some((name) => isNo(attributes[name]) === false) ? follow : null;
}

const MONITORING = new Set(["monitor", "monitor-traffic"]);
const FOLLOWING = ["follow", "follow-only", "follow-strict"];

/** Whether a flag was given and says no; null when it was not given. */
function isNo(flag: string | undefined): boolean | null {
  return flag === undefined ? null : flag === "no" || flag === "false";
}

/** Tells every later change of the menu's rows. The state before is not sent. */
function listen(command: Command, context: EndlessContext): () => void {
  const menu = checkCommand(context.hub.menus, context.caller, command);
  if (menu.table === undefined) throw noSuchCommand();
  return tellChanges(menu, command, context);
}

function tellChanges(menu: Menu, command: Command, { caller, reply }: EndlessContext): () => void {
  const listener = (row: Row, removed: boolean) => {
    if (!removed && !matchesQuery(command.query, row)) return;
    const shown = caller.policies.has("sensitive") ? row : withoutPassword(row);
    if (removed) reply([`=.id=${row[".id"]}`, "=.dead=true"]);
    else reply(wordsOf(project(menu, shown, proplistOf(command))));
  };
  return menu.table?.listen(listener) ?? (() => {});
}

/** The rows that are there, unless only later ones are wanted, and then every change. */
function follow(command: Command, context: EndlessContext): () => void {
  const menu = checkCommand(context.hub.menus, context.caller, command);
  if (isNo(command.attributes["follow-only"]) !== false) printOnce(command, context);
  return tellChanges(menu, command, context);
}

/** The rows again and again. */
function repeat(command: Command, context: EndlessContext): () => void {
  checkCommand(context.hub.menus, context.caller, command);
  return every(intervalMs(command), context, () => {
    printOnce(command, context);
    return true;
  });
}

function printOnce(command: Command, { hub, caller, reply }: EndlessContext): void {
  for (const row of respond(hub.menus, caller, command).rows ?? []) reply(wordsOf(row));
}

/** One echo request after the other, as many as were asked for, or until it is cancelled. */
function ping(command: Command, context: EndlessContext): () => void {
  const { hub, caller, reply } = context;
  checkCommand(hub.menus, caller, command);
  const { count } = parsePing(command);
  const tally = { sent: 0, received: 0 };
  return every(intervalMs(command), context, () => {
    reply(wordsOf(pingOnce(hub.world, command, tally)));
    return tally.sent !== count;
  });
}

/** What is so now, again and again, for as long as was asked for, or until it is cancelled. */
function monitor(command: Command, context: EndlessContext): () => void {
  const { hub, caller, reply } = context;
  const verb = verbOf(checkCommand(hub.menus, caller, command), command.verb);
  if (verb === null) throw noSuchCommand();
  const everyMs = monitorIntervalMs(command);
  const { duration } = command.attributes;
  const endsAt = duration === undefined ? Infinity : performance.now() + msOf("duration", duration);
  return every(everyMs, context, () => {
    for (const row of verb(caller, command).rows ?? []) reply(wordsOf(row));
    return performance.now() + everyMs < endsAt;
  });
}

/** Takes a step at once and then every so often, as far as it is read, until one was the last or is refused. */
function every(ms: number, context: EndlessContext, step: () => boolean): () => void {
  let isOver = false;
  let stop = () => {};
  const once = () => {
    const traps = context.isFull() ? null : tryStep(step);
    if (isOver) return;
    if (traps === null) stop = context.hub.timers.after(ms, once);
    else context.done(traps);
  };
  once();
  return () => {
    isOver = true;
    stop();
  };
}

/** The refusals that end it, none of them when it ends by itself; null to go on. */
function tryStep(step: () => boolean): readonly Trap[] | null {
  try {
    return step() ? null : [];
  } catch (error) {
    if (error instanceof Refusal) return error.traps;
    throw error;
  }
}

function msOf(argument: string, text: string): number {
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : parseDuration(text);
  if (seconds === null) throw invalidValue(argument);
  return seconds * 1_000;
}

function intervalMs({ attributes }: Command): number {
  return Math.max(INTERVAL_MS_MIN, msOf("interval", attributes["interval"] ?? "1s"));
}

const MONITOR_MS = { min: 20, max: 5_000 };

function monitorIntervalMs({ attributes }: Command): number {
  const ms = msOf("interval", attributes["interval"] ?? "1s");
  if (ms < MONITOR_MS.min || ms > MONITOR_MS.max) {
    throw outOfRange("interval", "00:00:00.020", "00:00:05");
  }
  return ms;
}
