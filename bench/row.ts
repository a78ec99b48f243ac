/** One line of the benchmark's table. Numbers are in `unit`; what a row does not have is null. */
export interface BenchRow {
  /** Name for `--only`, e.g. `bill_run_20000`. */
  row: string;
  unit: "ms" | "req/s" | "MB" | "KB" | "s" | "prints";
  ours: number;
  /** The least that any program would need for the same work, measured in the same run. */
  floor: number | null;
  /** What a plain program needs, measured in the same run. */
  peer: number | null;
  /** Ours to the floor (or, where more is better, the part of the floor that is reached). */
  ratio: number | null;
  /** In words: `at most 1.5 x floor`. */
  goal: string;
  met: boolean;
  /** What floor and peer are, and further figures. */
  note: string;
}

/** Measures one or more rows. */
export interface Scenario {
  /** Names of its rows start with it; `--only` takes either. */
  name: string;
  /** What it does, for the progress line. */
  what: string;
  /** It takes too long to be measured with the others. @default false */
  isOnlyByName?: boolean;
  run(): Promise<BenchRow[]>;
}

/** The middle value; of an even number of values the upper one. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which this part of the values lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  if (value === undefined) throw new Error("Cannot take a quantile: there are no values");
  return value;
}
