/** Whether this is `deno task soak`: hours of what the gate does in minutes. */
const IS_SOAK = Deno.env.get("LINYA_SOAK") === "1";

/** What a soak draws its histories from: the same number, the same histories. */
export const SOAK_SEED = Number(Deno.env.get("LINYA_SOAK_SEED") ?? Math.floor(Math.random() * 2 ** 31));

/** How often something is tried: in the gate, and in a soak. */
export function soaked(gate: number, soak: number): number {
  return IS_SOAK ? soak : gate;
}

/** Counts what was played, so that a soak can say what its figures are of. A gate says nothing. */
export class Played {
  readonly #title: string;
  readonly #counts = new Map<string, number>();
  #rounds = 0;

  /** @param title what is played, as it follows a number: `histories of two years` */
  constructor(title: string) {
    this.#title = title;
  }

  /** One more was played to its end; of long ones it is said on the way how far it is. */
  add(counts: Iterable<readonly [string, number]> = []): void {
    this.#rounds++;
    for (const [what, count] of counts) this.#counts.set(what, (this.#counts.get(what) ?? 0) + count);
    if (IS_SOAK && this.#rounds % 500 === 0) console.log(`so far: ${this.#rounds} ${this.#title}`);
  }

  /** `played: 3 histories (pay 4, void 2)`: `deno task soak` repeats it at its end. */
  say(): void {
    if (!IS_SOAK) return;
    const counts = [...this.#counts].sort(([, a], [, b]) => b - a).map(([what, count]) => `${what} ${count}`);
    console.log(
      `played: ${this.#rounds} ${this.#title}${counts.length === 0 ? "" : ` (${counts.join(", ")})`}`,
    );
  }
}

/** How often each thing was done, by the first word of what was said of it. */
export function countFirstWords(said: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const what of said) {
    const word = what.split(/[ :]/)[0]!;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}
