import { isCodePageText, readableText } from "@/shared/text/mod.ts";
import type { PlanInput } from "./plan.ts";

/** What is left of cuts by how a name reads: accounts to enable, and marks that hold nobody off any more. */
interface CutByLooks {
  enables: string[];
  staleCuts: string[];
}

/**
 * An agent from before names kept their bytes cut "niño" in a code page as "niño", and nobody else would enable it for
 * who pays: the books may not know the exact name yet. So the accounts in a code page that read like a marked one come
 * on with it, as they went off, but for those that the books know by their own name. Nobody is cut by looks.
 */
export function cutByLooks({ desired, observed, cuts, byLooks, allowed }: PlanInput): CutByLooks {
  const result: CutByLooks = { enables: [], staleCuts: [] };
  if (byLooks.length === 0) return result;
  const managed = new Map(desired.secrets.map((secret) => [secret.name, secret]));
  const unmanaged = [...observed.accounts.keys()].filter((key) => isCodePageText(key) && !managed.has(key));
  const alike = Map.groupBy(unmanaged, readableText);
  for (const name of byLooks) {
    const secret = managed.get(name);
    const keys = alike.get(name);
    if (secret === undefined || keys === undefined || !Object.hasOwn(cuts, name)) continue;
    if (secret.disabled && !allowed.has(name)) continue;
    const off = keys.filter((key) => observed.accounts.get(key)?.hasDisabled === true);
    result.enables.push(...off);
    // The mark of an account that the router has under this very name ends when that one is read as on (`planPass`).
    if (off.length === 0 && !observed.accounts.has(name)) result.staleCuts.push(name);
  }
  return result;
}
