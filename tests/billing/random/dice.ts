import { SOAK_SEED } from "@/tests/support/soak.ts";

/** Random choices that a seed repeats. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 up to, and without, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** Whole, from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** True so often of one. */
  happens(share: number): boolean {
    return this.next() < share;
  }

  /** One of them; undefined of none. */
  of<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.next() * items.length)];
  }
}

/** A seed for each of so many, the same ones every time; in a soak those of its seed. */
export function seedsOf(gate: number, more: number): number[] {
  const dice = new Dice(SOAK_SEED);
  return [
    ...Array.from({ length: gate }, (_, i) => 1000 + i * 7919),
    ...Array.from({ length: Math.max(0, more - gate) }, () => dice.whole(0, 2 ** 31 - 1)),
  ];
}
