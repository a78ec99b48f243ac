import { EXPIRE_DAYS } from "./limits.ts";

/** When an operation of a kind needs an approval. */
export interface ApprovalPolicy {
  /** `above`: from the amount on. */
  mode: "off" | "always" | "above";
  /** Amount from which on it needs one, in centavos; of mode `above` only. */
  fromCentavos: bigint | null;
  /** The same in connections, for what has no amount and is done to many. */
  fromCount: number | null;
  /** Whom it binds: those who may not decide such a request themselves, or everybody. */
  binds: "others" | "everyone";
  /** Days after which a request expires that nobody decided. */
  expireDays: number;
}

/** A kind for which nothing was set: a small company is not hindered. */
export const NO_APPROVAL: ApprovalPolicy = {
  mode: "off",
  fromCentavos: null,
  fromCount: null,
  binds: "others",
  expireDays: EXPIRE_DAYS,
};

/** What becomes of an operation that needs an approval when its asker alone could decide it. */
export interface SoleOwner {
  /** It runs at once, or after so many hours in which it can be withdrawn. */
  mode: "at_once" | "cooling_off";
  coolingHours: number;
}

/** How an operation goes on. */
export type ApprovalWay =
  /** Nothing keeps it: it runs. */
  | "run"
  /** Somebody else has to decide. */
  | "ask"
  /** Nobody else could: it runs, and the audit log says that it was approved by nobody. */
  | "own_at_once"
  /** Nobody else could: it runs after a time. */
  | "own_cooling_off";

/** What is known of who asks, when it is decided how an operation goes on. */
export interface Asking {
  /** What it comes to; null where it has no amount. */
  amountCentavos: bigint | null;
  /** How many connections it is about, where that is what it goes by. @default null */
  count?: number | null;
  /** Whether they could decide such a request of somebody else. */
  mayDecide: boolean;
  /** Whether anybody else could decide this one. */
  hasOthers: boolean;
  /** It is above the limit of their own roles. @default false */
  isAboveOwn?: boolean;
}

/**
 * How an operation goes on.
 *
 * @example
 * ```ts
 * import { NO_APPROVAL, wayOf } from "@/web/domain/approvals/mod.ts";
 * const soleOwner = { mode: "at_once", coolingHours: 24 } as const;
 * const asking = { amountCentavos: 50_000n, mayDecide: false, hasOthers: true };
 * wayOf({ ...NO_APPROVAL, mode: "above", fromCentavos: 10_000n }, soleOwner, asking) satisfies "run" | "ask" | string;
 * ```
 */
export function wayOf(policy: ApprovalPolicy, soleOwner: SoleOwner, asking: Asking): ApprovalWay {
  if (!needsApproval(policy, asking)) return "run";
  if (asking.hasOthers || !asking.mayDecide) return "ask";
  return soleOwner.mode === "at_once" ? "own_at_once" : "own_cooling_off";
}

/**
 * Whether somebody who asks is bound by a policy; an operation without an amount is as much as any, and so is one above
 * their own limit: they could not do it alone.
 */
export function needsApproval(
  { mode, fromCentavos, fromCount, binds }: ApprovalPolicy,
  { amountCentavos, count = null, mayDecide, isAboveOwn = false }: Omit<Asking, "hasOthers">,
): boolean {
  if (mode === "off" || (binds === "others" && mayDecide)) return false;
  if (mode === "always" || isAboveOwn) return true;
  if (fromCount !== null) return count === null || count >= fromCount;
  return amountCentavos === null || amountCentavos >= (fromCentavos ?? 0n);
}

/** Whether a policy lets anything through that the one before it kept. */
export function isLooser(before: ApprovalPolicy, after: ApprovalPolicy): boolean {
  if (before.mode === "off") return false;
  if (before.binds === "everyone" && after.binds === "others") return true;
  return firstKept(after) > firstKept(before);
}

/** The least amount that is kept, with one above all amounts for none. */
function firstKept({ mode, fromCentavos, fromCount }: ApprovalPolicy): bigint {
  if (mode === "off") return 1n << 63n;
  // What has no amount is kept by both.
  return mode === "always" ? 0n : fromCentavos ?? BigInt(fromCount ?? 0);
}
