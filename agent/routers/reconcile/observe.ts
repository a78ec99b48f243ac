import type { PortSecret, PortSession, RouterPort } from "./ports.ts";

/** A name as the router holds it. RouterOS lets a name appear once per service, so one name may be several secrets. */
export interface ObservedName {
  /** Every secret of the name is disabled. */
  isDisabled: boolean;
  /** At least one is. */
  hasDisabled: boolean;
  profile: string;
}

/** One reading of a router. */
export interface Observation {
  names: ReadonlyMap<string, ObservedName>;
  /** The first session of each name. */
  sessions: ReadonlyMap<string, PortSession>;
  /** Secrets that may dial in, managed or not: the guard's measure. */
  enabledCount: number;
}

export async function observe(router: RouterPort): Promise<Observation> {
  const [secrets, active] = await Promise.all([router.listSecrets(), router.listActive()]);
  return observationOf(secrets, active);
}

export function observationOf(secrets: readonly PortSecret[], active: readonly PortSession[]): Observation {
  const names = new Map<string, ObservedName>();
  for (const { name, disabled, profile } of secrets) {
    const before = names.get(name);
    names.set(name, {
      isDisabled: disabled && (before?.isDisabled ?? true),
      hasDisabled: disabled || (before?.hasDisabled ?? false),
      profile: before?.profile ?? profile,
    });
  }
  const sessions = new Map<string, PortSession>();
  for (const session of active) if (!sessions.has(session.name)) sessions.set(session.name, session);
  return { names, sessions, enabledCount: secrets.filter((secret) => !secret.disabled).length };
}
