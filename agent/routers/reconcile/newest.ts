import type { DesiredState } from "../../journal/desired_store.ts";
import type { Observation } from "./observe.ts";
import type { Plan } from "./plan.ts";

/** What a pass works by, and what has come since: a newer state, and whom a person at the box lets through. */
export interface Newest {
  planned: DesiredState;
  latest: DesiredState | null;
  allowed: ReadonlySet<string>;
}

/** Accounts on the router that are to be on and that the pass, by its books and its reading, may not have enabled. */
export function restoredSince({ planned, latest, allowed }: Newest, observed: Observation): string[] {
  if (latest === null) return [];
  const before = new Map(planned.secrets.map((secret) => [secret.name, secret.disabled]));
  return latest.secrets
    .filter(({ name, disabled }) => !disabled || allowed.has(name))
    .filter(({ name, disabled }) =>
      (!disabled && before.get(name) === true) || observed.accounts.get(name)?.isOff === true
    )
    .map((secret) => secret.name)
    .filter((name) => observed.accounts.has(name));
}

/** Of these cuts, those that the newest state still wants by the same authorisation: a payment since then takes a name out. */
export function stillCut(batch: Plan["disables"], { planned, latest, allowed }: Newest): Plan["disables"] {
  if (latest === null || latest.lineage !== planned.lineage) return [];
  const byName = latest === planned ? null : new Map(latest.secrets.map((secret) => [secret.name, secret]));
  return batch.filter(({ name, authorisation }) => {
    if (allowed.has(name)) return false;
    const secret = byName?.get(name);
    return byName === null || (secret?.disabled === true && secret.authorisation === authorisation.id);
  });
}

/** Whether the newest state still wants this profile of all of these. */
export function isProfileStillWanted(
  names: readonly string[],
  profile: string,
  { planned, latest }: Pick<Newest, "planned" | "latest">,
): boolean {
  if (latest === planned) return true;
  const wanting = new Set(
    latest?.secrets.filter((secret) => secret.profile === profile).map(({ name }) => name),
  );
  return names.every((name) => wanting.has(name));
}
