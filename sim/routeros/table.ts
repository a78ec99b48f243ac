import type { Row } from "@/shared/routeros/mod.ts";

export type TableListener = (row: Row, removed: boolean) => void;

/** Rows of one menu, in print order, with RouterOS ids: "*" and hexadecimal, never given twice. */
export class Table {
  readonly #rows = new Map<string, Row>();
  readonly #idsByName = new Map<string, Set<string>>();
  readonly #listeners = new Set<TableListener>();
  #nextId: number;

  constructor(firstId = 1) {
    this.#nextId = firstId;
  }

  get size(): number {
    return this.#rows.size;
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
    this.#unindex(row);
    Object.assign(row, values);
    this.#index(row);
    this.#tell(row, false);
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
    return row;
  }

  /** Calls `listener` for every later change; returns the way to stop. */
  listen(listener: TableListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
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
}
