import type { ErasureBlockers } from "@/web/store/privacy/erasures.ts";

/** Whether something stands against it: a live connection, money in either direction, a dispute, a change of payer, a request. */
export function isBlocked(blockers: ErasureBlockers): boolean {
  return blockers.live > 0 || blockers.owed_centavos !== 0n || blockers.credit_centavos !== 0n ||
    blockers.disputes > 0 || blockers.payer_changes > 0 || blockers.requests > 0;
}
