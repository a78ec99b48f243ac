import type { Row } from "@/shared/routeros/mod.ts";

export type TableListener = (row: Row, removed: boolean) => void;

/** Told when a row is renamed, or removed (`after` is null): what refers to it by name has to follow. */
export type NameListener = (id: string, before: string, after: string | null) => void;

/** Rows of one menu, in print order, with RouterOS ids: "*" and hexadecimal, never given twice. */
export class Table {
  readonly #rows = new Map<string, Row>();
  readonly #idsByName = new Map<string, Set<string>>();
  readonly #listeners = new Set<TableListener>();
  readonly #nameListeners: NameListener[] = [];
  #nextId: number;

  constructor(firstId = 1) {
    this.#nextId = firstId;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** How many are told of changes. */
  get listenerCount(): number {
    return this.#listeners.size;
  }

  rows(): Row[] {
    return [...this.#rows.values()];
  }

  get(id: string): Row | undefined {
    return this.#rows.get(id);
  }

  named(name: string): Row[] {
    const ids = [...this.#idsByName.get(name) ?? []];
    return ids.map((id) => this.#rows.get(id)).filter((row) => row !== undefined);
  }

  /** Adds the row under a new id, or under `id` when the router has fixed ids for it. */
  insert(values: Row, id = `*${(this.#nextId++).toString(16).toUpperCase()}`): Row {
    const row = { ".id": id, ...values };
    this.#rows.set(id, row);
    this.#index(row);
    this.#tell(row, false);
    return row;
  }

  update(id: string, values: Row): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    const before = row["name"] ?? "";
    this.#unindex(row);
    Object.assign(row, values);
    this.#index(row);
    this.#tell(row, false);
    const after = row["name"] ?? "";
    if (after !== before) this.#tellName(id, before, after);
  }

  unset(id: string, name: string): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    delete row[name];
    this.#tell(row, false);
  }

  remove(id: string): Row | undefined {
    const row = this.#rows.get(id);
    if (row === undefined) return undefined;
    this.#rows.delete(id);
    this.#unindex(row);
    this.#tell(row, true);
    this.#tellName(id, row["name"] ?? "", null);
    return row;
  }

  /** Puts a row before another one, or at the end. */
  move(id: string, beforeId: string | null): void {
    const row = this.#rows.get(id);
    if (row === undefined || id === beforeId) return;
    const others = this.rows().filter((other) => other !== row);
    const at = beforeId === null ? -1 : others.findIndex((other) => other[".id"] === beforeId);
    others.splice(at < 0 ? others.length : at, 0, row);
    this.#rows.clear();
    for (const other of others) this.#rows.set(other[".id"] ?? "", other);
  }

  /** Calls `listener` for every later change; returns the way to stop. */
  listen(listener: TableListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onNameChange(listener: NameListener): void {
    this.#nameListeners.push(listener);
  }

  #index(row: Row): void {
    const name = row["name"] ?? "";
    const ids = this.#idsByName.get(name) ?? new Set();
    this.#idsByName.set(name, ids.add(row[".id"] ?? ""));
  }

  #unindex(row: Row): void {
    const ids = this.#idsByName.get(row["name"] ?? "");
    ids?.delete(row[".id"] ?? "");
    if (ids?.size === 0) this.#idsByName.delete(row["name"] ?? "");
  }

  #tell(row: Row, removed: boolean): void {
    for (const listener of this.#listeners) listener(row, removed);
  }

  #tellName(id: string, before: string, after: string | null): void {
    for (const listener of this.#nameListeners) listener(id, before, after);
  }
}

/** `field` of `from` names rows of `to`: it prints a new name at once, and the bare id of a row that is gone. */
export function linkByName(from: Table, field: string, to: Table): void {
  to.onNameChange((id, before, after) => {
    if (before === "") return;
    for (const row of from.rows()) {
      if (row[field] === before) from.update(row[".id"] ?? "", { [field]: after ?? id });
    }
  });
}
