import type { Row } from "@/shared/routeros/mod.ts";
import { type Command, missingValues, noMatchingValue, noSuchItem, type Outcome } from "./command.ts";
import { matchesQuery } from "./query.ts";
import type { Table } from "./table.ts";
import type { RouterWorld } from "./world.ts";

/** What a command may know of who asks. */
export interface Caller {
  world: RouterWorld;
  /** The user's. */
  name: string;
  policies: ReadonlySet<string>;
}

/** A menu: which rows it prints, in which field order, and what may be done to them. */
export interface Menu {
  /** Field order on the wire is fixed per menu. */
  fields: readonly string[];
  rows(caller: Caller): readonly Row[];
  table?: Table;
  /** Verbs besides the common ones of reading. */
  verbs: Readonly<Record<string, Verb>>;
}

export type Verb = (caller: Caller, command: Command) => Outcome;

/** Verbs that every menu answers, unless it has its own. What only shows on a console does nothing over the API. */
const COMMON_VERBS: Readonly<Record<string, (menu: Menu) => Verb>> = {
  print: (menu) => (caller, command) => print(menu, caller, command),
  getall: (menu) => (caller, command) => print(menu, caller, command),
  find: (menu) => (caller, command) => ({
    ret: found(menu, caller, command).map((row) => row[".id"] ?? "").join(";"),
  }),
  get: (menu) => (caller, command) => get(menu, caller, command),
  edit: () => () => ({}),
  export: () => () => ({}),
  "recursive-print": () => () => ({}),
};

/** The verb of a menu; null when nobody has taught it to the simulator. */
export function verbOf(menu: Menu, name: string): Verb | null {
  const own = Object.hasOwn(menu.verbs, name) ? menu.verbs[name] : undefined;
  if (own !== undefined) return own;
  return Object.hasOwn(COMMON_VERBS, name) ? COMMON_VERBS[name]?.(menu) ?? null : null;
}

function found(menu: Menu, caller: Caller, command: Command): Row[] {
  return menu.rows(caller).filter((row) => matchesQuery(command.query, row));
}

function print(menu: Menu, caller: Caller, command: Command): Outcome {
  const from = command.attributes["from"]?.split(",");
  const rows = found(menu, caller, command)
    .filter((row) =>
      from === undefined || from.includes(row[".id"] ?? "") || from.includes(row["name"] ?? "")
    );
  if (command.attributes["count-only"] !== undefined) return { ret: String(rows.length) };
  return { rows: rows.map((row) => project(menu, row, proplistOf(command))), isPrint: true };
}

/** One value of one row as `=ret=`, or the whole row in one text. */
function get(menu: Menu, caller: Caller, command: Command): Outcome {
  const wanted = command.attributes["number"] ?? command.attributes["numbers"] ?? command.attributes[".id"];
  const rows = menu.rows(caller);
  if (wanted === undefined && menu.table !== undefined) throw missingValues(["number"]);
  const row = wanted === undefined
    ? rows[0]
    : rows.find((one) => one[".id"] === wanted || one["name"] === wanted);
  if (row === undefined) throw noSuchItem();
  const name = command.attributes["value-name"];
  if (name === undefined) {
    return { ret: Object.entries(row).map(([field, value]) => `${field}=${value}`).join(";") };
  }
  if (name !== ".id" && !menu.fields.includes(name)) throw noMatchingValue("value-name");
  return { ret: row[name] ?? "" };
}

/** The wanted fields, in the wanted order, or null for all of them. */
export function proplistOf(command: Command): readonly string[] | null {
  const list = command.attributes[".proplist"] ?? command.attributes["proplist"];
  return list === undefined || list === "" ? null : list.split(",");
}

/** A row with only the wanted fields; a field that was never set is left out. */
export function project(
  menu: Pick<Menu, "fields">,
  row: Row,
  wanted: readonly string[] | null,
): Row {
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
  if (list === undefined) throw missingValues(["numbers"]);
  const rows = list.split(",").filter((part) => part !== "").map((part) => findRow(table, part));
  if (rows.length === 0) throw noSuchItem();
  return rows;
}

export function findRow(table: Table, idOrName: string): Row {
  const row = idOrName.startsWith("*")
    ? table.get(`*${idOrName.slice(1).toUpperCase()}`)
    : table.named(idOrName)[0];
  if (row === undefined) throw noSuchItem();
  return row;
}

/** Words that say which rows are meant, or in what order; they are no values of a row. */
const ADDRESSING = new Set(["numbers", ".id", "number", "copy-from", "place-before"]);

export function givenValues(command: Command): Row {
  return Object.fromEntries(Object.entries(command.attributes).filter(([name]) => !ADDRESSING.has(name)));
}
