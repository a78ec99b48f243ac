import { parseDuration, type Row } from "@/shared/routeros/mod.ts";
import { type Command, invalidValue, noSuchCommand } from "./command.ts";
import type { Hub } from "./hub.ts";
import { type Caller, type Menu, project, proplistOf } from "./menus.ts";
import { withoutPassword } from "./ppp.ts";
import { matchesQuery } from "./query.ts";
import { wordsOf } from "./replies.ts";
import { checkCommand, respond } from "./respond.ts";

/** What an endless command needs: who asks, and where its rows go. */
export interface EndlessContext {
  hub: Hub;
  caller: Caller;
  reply(words: readonly string[]): void;
}

/** Begins a command that ends only when it is cancelled; returns how to end it, or throws the router's refusal. */
type Begin = (command: Command, context: EndlessContext) => () => void;

const INTERVAL_MS_MIN = 10;

/** How a command without an end begins, or null for one that ends by itself. */
export function endlessOf(command: Command): Begin | null {
  const { verb, attributes } = command;
  if (verb === "listen") return listen;
  if (verb === "ping" && attributes["count"] === undefined) return ping;
  if (verb !== "print" || isNo(attributes["count-only"]) === false) return null;
  if (attributes["interval"] !== undefined) return repeat;
  return FOLLOWING.some((name) => isNo(attributes[name]) === false) ? follow : null;
}

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
  const everyMs = intervalMs(command);
  let stop = () => {};
  const once = () => {
    printOnce(command, context);
    stop = context.hub.timers.after(everyMs, once);
  };
  once();
  return () => stop();
}

function printOnce(command: Command, { hub, caller, reply }: EndlessContext): void {
  for (const row of respond(hub.menus, caller, command).rows ?? []) reply(wordsOf(row));
}

/** A ping without a count goes on until it is cancelled. */
function ping(command: Command, { hub, caller, reply }: EndlessContext): () => void {
  const verb = checkCommand(hub.menus, caller, command).verbs["ping"];
  const everyMs = intervalMs(command);
  let seq = 0;
  let stop = () => {};
  const once = () => {
    reply(wordsOf({ ...verb?.(caller, command).rows?.[0], seq: String(seq), sent: String(++seq) }));
    stop = hub.timers.after(everyMs, once);
  };
  once();
  return () => stop();
}

function intervalMs({ attributes }: Command): number {
  const text = attributes["interval"] ?? "1s";
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : parseDuration(text);
  if (seconds === null) throw invalidValue("interval");
  return Math.max(INTERVAL_MS_MIN, seconds * 1_000);
}
