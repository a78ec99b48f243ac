/** Statements that one connection keeps parsed and planned; a plan of a dozen joins costs more than its 50 rows. */
const NAMES_MAX = 200;
/** Texts that were seen once and may come again. */
const CANDIDATES_MAX = 500;
/** Longer texts are made for one occasion; the longest that comes with each page of Today has 15,000 characters. */
const LENGTH_MAX = 20_000;

/**
 * Names for the statements that a connection repeats: the server parses and plans a named one once. A text gets its
 * name the second time it is sent, so that texts made for one occasion do not fill the server's memory.
 */
export class StatementNames {
  readonly #prefix: string;
  readonly #names = new Map<string, string>();
  readonly #candidates = new Set<string>();

  /** @param prefix of the names; several kinds of one connection have their own */
  constructor(prefix = "linya") {
    this.#prefix = prefix;
  }

  /** The name to send the statement under; undefined for one that is better sent without. */
  nameOf(statement: string): string | undefined {
    const known = this.#names.get(statement);
    if (known !== undefined) return known;
    if (statement.length > LENGTH_MAX || this.#names.size >= NAMES_MAX) return undefined;
    if (!this.#candidates.delete(statement)) {
      if (this.#candidates.size >= CANDIDATES_MAX) this.#candidates.clear();
      this.#candidates.add(statement);
      return undefined;
    }
    const name = `${this.#prefix}_${this.#names.size + 1}`;
    this.#names.set(statement, name);
    return name;
  }
}

/** A migration has changed what a kept statement gives; the connection that keeps it is of no use any more. */
export function isStalePlan(error: unknown): boolean {
  return error instanceof Error && error.message.includes("cached plan must not change result type");
}
