import type { Row } from "@/shared/routeros/mod.ts";
import { type Command, invalidValue, missingValues, noMatchingValue, type Outcome } from "./command.ts";
import { type Caller, findRow, givenValues, type Menu, targets, type Verb } from "./menus.ts";
import type { Table } from "./table.ts";
import { booleanValue, type ValueCheck } from "./values.ts";

/** A menu of rows that commands may write: what a new row has, and which values it takes. */
export interface StoredSpec {
  table: Table;
  /** Print order. */
  fields: readonly string[];
  /** What `set` takes in this version. */
  settable: ReadonlySet<string>;
  /** Values of a new row; those that this version does not have are left out. */
  defaults: Row;
  /** Values that only the router writes. */
  readOnly?: Row;
  checks: Readonly<Record<string, ValueCheck>>;
  /** Arguments that add must have, in the order in which the router names them. */
  required?: readonly string[];
  /** Refuses a row as it would be; `ownId` is null for a new one. */
  refuse?(row: Row, ownId: string | null): void;
  /** What the router itself adds to the values of a new row. */
  complete?(values: Row): Row;
}

/** The row that `add` without more would make, in this version. */
export function defaultRow({ defaults, readOnly = {}, settable }: StoredSpec): Row {
  const known = Object.entries(defaults).filter(([name]) => settable.has(name));
  return { ...Object.fromEntries(known), ...readOnly };
}

/** The verbs of writing; which of them a menu has is for the version table to say. */
export function storedMenu(spec: StoredSpec, rows: (caller: Caller) => readonly Row[]): Menu {
  return { fields: spec.fields, table: spec.table, rows, verbs: storedVerbs(spec) };
}

function storedVerbs(spec: StoredSpec): Record<string, Verb> {
  const { table } = spec;
  const each = (act: (row: Row) => void): Verb => (_caller, command) => {
    for (const row of targets(table, command)) act(row);
    return {};
  };
  const set: Verb = (_caller, command) => setRows(spec, command, givenValues(command));
  return {
    add: (_caller, command) => addRow(spec, command),
    set,
    comment: set,
    enable: (_caller, command) => setRows(spec, command, { disabled: "no" }),
    disable: (_caller, command) => setRows(spec, command, { disabled: "yes" }),
    remove: each((row) => table.remove(row[".id"] ?? "")),
    unset: (_caller, command) => unsetRows(spec, command, [command.attributes["value-name"] ?? ""]),
    reset: (_caller, command) => unsetRows(spec, command, Object.keys(givenValues(command))),
    move: (_caller, command) => moveRows(spec, command),
    "reset-counters": each((row) => resetCounters(table, row)),
    "reset-counters-all": () => {
      for (const row of table.rows()) resetCounters(table, row);
      return {};
    },
  };
}

function addRow(spec: StoredSpec, command: Command): Outcome {
  const { table, required = [] } = spec;
  const copied = command.attributes["copy-from"];
  const values = { ...copyOf(spec, copied), ...checked(spec, givenValues(command)) };
  const missing = required.filter((name) =>
    values[name] === undefined || isMissing(spec, name, values[name])
  );
  if (missing.length > 0) throw missingValues(missing);
  const kept = Object.entries(values).filter(([name, value]) => !isCleared(spec, name, value));
  const base = { ...defaultRow(spec), ...Object.fromEntries(kept) };
  const row = { ...base, ...spec.complete?.(base) };
  spec.refuse?.(row, null);
  const place = command.attributes["place-before"];
  const before = place === undefined ? null : findRow(table, place);
  const id = table.insert(row)[".id"] ?? "";
  if (before !== null) table.move(id, before[".id"] ?? null);
  return { ret: id };
}

function copyOf({ table, settable }: StoredSpec, from: string | undefined): Row {
  if (from === undefined) return {};
  return Object.fromEntries(Object.entries(findRow(table, from)).filter(([name]) => settable.has(name)));
}

function setRows(spec: StoredSpec, command: Command, given: Row): Outcome {
  const rows = targets(spec.table, command);
  for (const [name, value] of Object.entries(given)) {
    if (isMissing(spec, name, value)) throw invalidValue(name);
  }
  const values = checked(spec, given);
  for (const row of rows) {
    const id = row[".id"] ?? "";
    spec.refuse?.({ ...row, ...values }, id);
    spec.table.update(id, values);
    for (const [name, value] of Object.entries(values)) {
      if (isCleared(spec, name, value)) spec.table.unset(id, name);
    }
  }
  return {};
}

/** What a row cannot be without; only a password may be empty. */
function isMissing({ required = [] }: StoredSpec, name: string, value: string): boolean {
  return value === "" && (name === "name" || (required.includes(name) && name !== "password"));
}

/** "" takes a value away that a row need not have. */
function isCleared({ defaults }: StoredSpec, name: string, value: string): boolean {
  return value === "" && defaults[name] === undefined;
}

function checked(spec: StoredSpec, given: Row): Row {
  const values: Row = {};
  for (const [name, value] of Object.entries(given)) {
    const check = name === "disabled" ? booleanValue : spec.checks[name];
    const isEmpty = value === "" && (spec.defaults[name] ?? "") === "";
    values[name] = check === undefined || isEmpty ? value : check(name, value);
  }
  return values;
}

/** Back to what a new row has, or to nothing. */
function unsetRows(spec: StoredSpec, command: Command, names: readonly string[]): Outcome {
  for (const name of names) if (!spec.settable.has(name)) throw noMatchingValue("value-name");
  const { "value-name": _name, ...addressing } = command.attributes;
  for (const row of targets(spec.table, { ...command, attributes: addressing })) {
    for (const name of names) {
      const value = defaultRow(spec)[name];
      if (value === undefined) spec.table.unset(row[".id"] ?? "", name);
      else spec.table.update(row[".id"] ?? "", { [name]: value });
    }
  }
  return {};
}

function moveRows({ table }: StoredSpec, command: Command): Outcome {
  const { destination } = command.attributes;
  const before = destination === undefined ? null : findRow(table, destination)[".id"] ?? null;
  for (const row of targets(table, command)) table.move(row[".id"] ?? "", before);
  return {};
}

const COUNTERS = ["bytes", "packets", "dropped", "total-bytes", "total-packets", "total-dropped"];

function resetCounters(table: Table, row: Row): void {
  const zeros = COUNTERS.filter((name) => row[name] !== undefined)
    .map((name) => [name, row[name]?.includes("/") ? "0/0" : "0"]);
  table.update(row[".id"] ?? "", Object.fromEntries(zeros));
}
