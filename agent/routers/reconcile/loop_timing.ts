/** How often a loop looks, in milliseconds. */
export interface LoopTiming {
  /** Give or take 20 %. */
  everyMs: number;
  /** Looks again after a change, to see who dialled in again. */
  followUpsMs: readonly number[];
  retryBaseMs: number;
  retryCapMs: number;
  /** Give or take 20 %, after what only a person can put right: a wrong password, a missing policy, another router. */
  slowRetryMs: number;
}

export const LOOP_TIMING: LoopTiming = {
  everyMs: 5 * 60_000,
  followUpsMs: [1_500, 5_000, 15_000],
  retryBaseMs: 250,
  retryCapMs: 5_000,
  slowRetryMs: 2 * 60_000,
};
