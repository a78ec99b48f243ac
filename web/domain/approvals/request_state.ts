/** What a request can be. Only `asked` is followed by another. */
export const REQUEST_STATES = ["asked", "approved", "declined", "expired", "withdrawn", "failed"] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** What happens to a request. */
export type RequestEvent =
  | { kind: "approve" }
  /** It was approved and could not be carried out any more. */
  | { kind: "fail" }
  | { kind: "decline" }
  | { kind: "withdraw" }
  /** Time passed: it expires when its time is over, or is carried out where it waited for that alone. */
  | { kind: "time" };

/** Of a request what its state depends on. */
export interface RequestTimes {
  state: RequestState;
  expiresAt: Temporal.Instant;
  /** Set for the own operation of a sole owner: when it is carried out by itself. */
  runsAt: Temporal.Instant | null;
}

/**
 * What a request becomes, or null where the event is none for it: it is decided once, and not after its time.
 *
 * @example
 * ```ts
 * import { nextState } from "@/web/domain/approvals/mod.ts";
 * const expiresAt = Temporal.Instant.from("2026-12-08T00:00:00Z");
 * nextState({ state: "declined", expiresAt, runsAt: null }, { kind: "approve" }, expiresAt) satisfies null | string;
 * ```
 */
export function nextState(
  { state, expiresAt, runsAt }: RequestTimes,
  event: RequestEvent,
  now: Temporal.Instant,
): RequestState | null {
  if (state !== "asked") return null;
  const isOver = Temporal.Instant.compare(now, expiresAt) >= 0;
  switch (event.kind) {
    case "withdraw":
      return "withdrawn";
    case "time":
      if (runsAt !== null && Temporal.Instant.compare(now, runsAt) >= 0) return "approved";
      return isOver ? "expired" : null;
    case "approve":
      return isOver ? null : "approved";
    case "fail":
      // Also when its cooling-off time is over, after which it would expire.
      return isOver && runsAt === null ? null : "failed";
    case "decline":
      return isOver ? null : "declined";
  }
}
