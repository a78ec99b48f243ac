import type { Row } from "@/shared/routeros/mod.ts";
import {
  type Command,
  noMatchingValue,
  noSuchCommand,
  noSuchItem,
  type Outcome,
  Refusal,
  unknownParameter,
} from "./command.ts";
import { matchesQuery } from "./query.ts";
import type { Table } from "./table.ts";
import type { RouterWorld } from "./world.ts";

/** What a command may know of who asks. */
export interface Caller {
  world: RouterWorld;
  policies: ReadonlySet<string>;
}

/** A menu: which rows it prints, in which field order, and what may be done to them. */
export interface Menu {
  /** Field order on the wire is fixed per menu. */
  fields: readonly string[];
  rows(caller: Caller): readonly Row[];
  table?: Table;
  /** Verbs besides print, getall and find. */
  verbs: Record<string, (caller: Caller, command: Command) => Outcome>;
}

const PRINT_ARGUMENTS = new Set([
  ".proplist",
  "proplist",
  "detail",
  "brief",
  "terse",
  "stats",
  "as-value",
  "value-list",
  "count-only",
  "from",
  "where",
  "without-paging",
  "show-ids",
  "append",
  "file",
  "follow",
  "follow-only",
  "interval",
]);

/** Runs print, getall, find and the menu's own verbs. */
export function runInMenu(menu: Menu, caller: Caller, command: Command): Outcome {
  if (command.verb === "print" || command.verb === "getall") return print(menu, caller, command);
  if (command.verb === "find") return { ret: menu.rows(caller).map((row) => row[".id"] ?? "").join(";") };
  const verb = Object.hasOwn(menu.verbs, command.verb) ? menu.verbs[command.verb] : undefined;
  if (verb === undefined) throw noSuchCommand();
  return verb(caller, command);
}

function print(menu: Menu, caller: Caller, command: Command): Outcome {
  for (const name of Object.keys(command.attributes)) {
    const isKnown = PRINT_ARGUMENTS.has(name) ||
      (name === "show-sensitive" && caller.world.features.showSensitive);
    if (!isKnown) throw unknownParameter(name);
  }
  const rows = menu.rows(caller).filter((row) => matchesQuery(command.query, row));
  if (command.attributes["count-only"] !== undefined) return { ret: String(rows.length) };
  return { rows: rows.map((row) => project(menu, row, proplistOf(command))), isPrint: true };
}

/** The wanted fields, in the wanted order, or null for all of them. */
export function proplistOf(command: Command): readonly string[] | null {
  const list = command.attributes[".proplist"] ?? command.attributes["proplist"];
  return list === undefined || list === "" ? null : list.split(",");
}

/** A row with only the wanted fields; a field that was never set is left out. */
export function project(menu: Menu, row: Row, wanted: readonly string[] | null): Row {
  const result: Row = {};
  for (const name of wanted ?? [".id", ...menu.fields]) {
    const value = row[name];
    if (value !== undefined) result[name] = value;
  }
  return result;
}

/** The rows that `numbers=` or `.id=` names: a list of ids or, for rows with a name, of names. */
export function targets(table: Table, command: Command): Row[] {
  const list = command.attributes["numbers"] ?? command.attributes[".id"] ?? command.attributes["number"];
  if (list === undefined) throw new Refusal("missing value(s) of argument(s) numbers", 1);
  const rows = list.split(",").filter((part) => part !== "").map((part) => findRow(table, part));
  if (rows.length === 0) throw noSuchItem();
  return rows;
}

function findRow(table: Table, idOrName: string): Row {
  const row = idOrName.startsWith("*")
    ? table.get(`*${idOrName.slice(1).toUpperCase()}`)
    : table.named(idOrName)[0];
  if (row === undefined) throw noSuchItem();
  return row;
}

/** Attributes that are values of the row, after the ones that only address it are taken out. */
export function givenValues(command: Command, settable: ReadonlySet<string>): Row {
  const values: Row = {};
  for (const [name, value] of Object.entries(command.attributes)) {
    if (name === "numbers" || name === ".id" || name === "number") continue;
    if (!settable.has(name)) throw unknownParameter(name);
    values[name] = value;
  }
  return values;
}

/** "yes" and "true" alike, printed as RouterOS prints booleans. */
export function booleanValue(argument: string, value: string): string {
  if (value === "yes" || value === "true") return "true";
  if (value === "no" || value === "false") return "false";
  throw noMatchingValue(argument);
}
