import { requireSession } from "@/web/app/form/input.ts";
import type { AppState } from "@/web/app/state.ts";
import type { FactorPerson } from "@/web/services/access/factors/own_factors.ts";

/** Whoever is signed in, as the owner of their factors. */
export function personIn(state: AppState): FactorPerson {
  const { tenantId, staffUserId, sessionId, staffName, email } = requireSession(state);
  return { tenantId, staffUserId, sessionId, staffName, email };
}
