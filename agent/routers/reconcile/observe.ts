import { accountOfSecret, accountOfSession, countingSecrets } from "../ppp_accounts.ts";
import type { PortSecret, PortSession, RouterPort } from "./ports.ts";

/**
 * An account as the router holds it, told apart by service and name. A PPPoE account may have two secrets: its own and
 * one for any service. RouterOS prefers the exact one, which is why that one says whether the account is on and which
 * profile it has: who paid is on when it is enabled, whatever the other is. Whether RouterOS falls back to the other when
 * it is disabled is not known, so that an account counts as cut only when neither lets it in.
 */
export interface ObservedAccount {
  /** Every secret of the account is disabled. */
  isDisabled: boolean;
  /** The secret that counts is disabled. */
  isOff: boolean;
  /** At least one is. */
  hasDisabled: boolean;
  profile: string;
  /** The secrets that count; at least one. */
  counting: readonly PortSecret[];
}

/** One reading of a router. Accounts go by their key. */
export interface Observation {
  accounts: ReadonlyMap<string, ObservedAccount>;
  /** The first session of each account. */
  sessions: ReadonlyMap<string, PortSession>;
  /** Secrets that may dial in, of whatever service, managed or not: the guard's measure. */
  enabledCount: number;
  /** Every row, for what became of one that an account had. */
  secrets: readonly PortSecret[];
}

export async function observe(router: RouterPort): Promise<Observation> {
  const [secrets, active] = await Promise.all([router.listSecrets(), router.listActive()]);
  return observationOf(secrets, active);
}

export function observationOf(secrets: readonly PortSecret[], active: readonly PortSession[]): Observation {
  const byAccount = Map.groupBy(secrets, accountOfSecret);
  const accounts = new Map<string, ObservedAccount>();
  for (const [key, own] of byAccount) if (key !== null) accounts.set(key, accountFrom(own));
  const sessions = new Map<string, PortSession>();
  for (const session of active) {
    const key = accountOfSession(session);
    if (key !== null && !sessions.has(key)) sessions.set(key, session);
  }
  const enabledCount = secrets.filter((secret) => !secret.disabled).length;
  return { accounts, sessions, enabledCount, secrets };
}

function accountFrom(secrets: readonly PortSecret[]): ObservedAccount {
  const counting = countingSecrets(secrets);
  return {
    isDisabled: secrets.every(({ disabled }) => disabled),
    isOff: counting.some(({ disabled }) => disabled),
    hasDisabled: secrets.some(({ disabled }) => disabled),
    profile: counting[0]?.profile ?? "",
    counting,
  };
}
