/** One worked case of a fixture file. */
export interface ConformanceCase {
  /** How the case is named in the output. */
  id: string;
  /** The case as it stands in the file, with the defaults of the file filled in. */
  content: unknown;
}

/** What a case says and what the product does; compared by the runner. */
export interface Comparison {
  expected: unknown;
  got: unknown;
}

/** Runs the product on one case. Throwing fails the case. */
export type KindRunner = (content: unknown) => Comparison | Promise<Comparison>;

/** The cases of a suite by kind, as read from its files. */
export type CasesByKind = ReadonlyMap<string, readonly ConformanceCase[]>;

/** A folder of fixtures and what the product does with each kind in it. */
export interface Suite {
  name: string;
  /**
   * Files that must be there, relative to the fixtures folder. `folder/*.json` stands for all of a folder, and comes
   * as one object by name.
   */
  files: readonly string[];
  /** Splits the parsed files, in the order of `files`, into kinds. Throws when their shape is wrong. */
  split: (contents: readonly unknown[]) => CasesByKind;
  /** What of the files is no case here and why, in a few words each, so that nothing is passed over in silence. */
  leftOut?: (contents: readonly unknown[]) => readonly string[];
  /** Every kind that the suite may hold; null for one whose feature is not built yet. */
  kinds: Readonly<Record<string, KindRunner | null>>;
}
