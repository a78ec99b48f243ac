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
  /** Refuses to let a row go. */
  refuseRemoval?(row: Row): void;
  /** Refuses what the whole menu would be after a change of rows that it has. */
  refuseOutcome?(rows: readonly Row[]): void;
  /** Told of what was written, and by whom. */
  written?(row: Row, what: "added" | "changed" | "removed", by: string): void;
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
  const set: Verb = (caller, command) => setRows(spec, command, givenValues(command), caller);
  return {
    add: (caller, command) => addRow(spec, command, caller),
    set,
    comment: set,
    enable: (caller, command) => setRows(spec, command, { disabled: "no" }, caller),
    disable: (caller, command) => setRows(spec, command, { disabled: "yes" }, caller),
    remove: (caller, command) => removeRows(spec, command, caller),
    unset: (caller, command) => unsetRows(spec, command, valueNames(command), caller),
    reset: (caller, command) => unsetRows(spec, command, Object.keys(givenValues(command)), caller),
    move: (_caller, command) => moveRows(spec, command),
    "reset-counters": (_caller, command) => {
      for (const row of targets(table, command)) resetCounters(table, row);
      return {};
    },
    "reset-counters-all": () => {
      for (const row of table.rows()) resetCounters(table, row);
      return {};
    },
  };
}

function addRow(spec: StoredSpec, command: Command, caller: Caller): Outcome {
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
  const added = table.insert(row);
  const id = added[".id"] ?? "";
  if (before !== null) table.move(id, before[".id"] ?? null);
  spec.written?.(added, "added", caller.name);
  return { ret: id };
}

/** All of them or none. */
function removeRows(spec: StoredSpec, command: Command, caller: Caller): Outcome {
  const rows = targets(spec.table, command);
  for (const row of rows) spec.refuseRemoval?.(row);
  refuseOutcome(spec, rows, () => null);
  for (const row of rows) {
    if (spec.table.remove(row[".id"] ?? "") !== undefined) spec.written?.(row, "removed", caller.name);
  }
  return {};
}

/** Asks about the menu as it would be if each of `rows` became what `after` says; null for one that goes. */
function refuseOutcome(spec: StoredSpec, rows: readonly Row[], after: (row: Row) => Row | null): void {
  if (spec.refuseOutcome === undefined) return;
  const changed = new Set(rows.map((row) => row[".id"]));
  const outcome = spec.table.rows().map((row) => changed.has(row[".id"]) ? after(row) : row);
  spec.refuseOutcome(outcome.filter((row) => row !== null));
}

function copyOf({ table, settable }: StoredSpec, from: string | undefined): Row {
  if (from === undefined) return {};
  return Object.fromEntries(Object.entries(findRow(table, from)).filter(([name]) => settable.has(name)));
}

function setRows(spec: StoredSpec, command: Command, given: Row, caller: Caller): Outcome {
  const rows = targets(spec.table, command);
  for (const [name, value] of Object.entries(given)) {
    if (isMissing(spec, name, value)) throw invalidValue(name);
  }
  const values = checked(spec, given);
  for (const row of rows) spec.refuse?.({ ...row, ...values }, row[".id"] ?? "");
  refuseOutcome(spec, rows, (row) => ({ ...row, ...values }));
  for (const row of rows) {
    const id = row[".id"] ?? "";
    spec.refuse?.({ ...row, ...values }, id);
    spec.table.update(id, values);
    for (const [name, value] of Object.entries(values)) {
      if (isCleared(spec, name, value)) spec.table.unset(id, name);
    }
    spec.written?.(row, "changed", caller.name);
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

function valueNames({ attributes }: Command): readonly string[] {
  const name = attributes["value-name"];
  if (name === undefined) throw missingValues(["value-name"]);
  return [name];
}

/** Back to what a new row has, or to nothing. */
function unsetRows(
  spec: StoredSpec,
  command: Command,
  names: readonly string[],
  caller: Caller,
): Outcome {
  for (const name of names) {
    if (!spec.settable.has(name) || isMissing(spec, name, "")) throw noMatchingValue("value-name");
  }
  const { "value-name": _name, ...addressing } = command.attributes;
  const rows = targets(spec.table, { ...command, attributes: addressing });
  const defaults = defaultRow(spec);
  refuseOutcome(spec, rows, (row) => ({
    ...row,
    ...Object.fromEntries(names.map((name) => [name, defaults[name] ?? ""])),
  }));
  for (const row of rows) {
    for (const name of names) {
      const value = defaults[name];
      if (value === undefined) spec.table.unset(row[".id"] ?? "", name);
      else spec.table.update(row[".id"] ?? "", { [name]: value });
    }
    spec.written?.(row, "changed", caller.name);
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
