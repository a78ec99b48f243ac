import assert from "node:assert/strict";
import { secretWrites } from "./router_writes.ts";
import type { TestRouter, TestStack } from "./stack.ts";
import { readRouterSecrets, type RouterSecret } from "./third_party_router.ts";

/** A payment and a permitted disable may cross on the wire; the enable then follows at once. */
const IN_FLIGHT_MS = 1_000;

/**
 * Writes to secrets that nothing in the books asked for (C2): a disable needs a list with the name on it, made
 * before, and a block reason that stood at that moment; nothing but enabling and disabling is ours at all.
 */
export async function listUnbackedWrites(provider: TestStack, router: TestRouter): Promise<string[]> {
  const listed = await provider.query<{ name: string; from: number; to: number | null }>(
    `select name, extract(epoch from a.created_at)::float8 * 1000 as from,
      (select max(coalesce(extract(epoch from k.removed_at)::float8 * 1000, 'infinity')) from block_reasons k
        join subscriptions c on c.tenant_id = k.tenant_id and c.id = k.subscription_id
        where c.ppp_name = name and c.router_id = a.router_id and k.added_at = a.created_at) as to
      from disable_authorisations a, unnest(a.names) as name where a.router_id = $1`,
    [router.id],
  );
  const managed = new Set(
    provider.lines.filter((line) => line.routerId === router.id).map((line) => line.name),
  );
  return secretWrites(router.sim).flatMap(({ atMs, names, change }) =>
    names.flatMap((name) => {
      const isBacked = change === "disable" &&
        listed.some((one) => one.name === name && one.from <= atMs && atMs <= (one.to ?? 0) + IN_FLIGHT_MS);
      const isOurs = managed.has(name) && (change === "enable" || isBacked);
      return isOurs ? [] : [`${change} of ${name}`];
    })
  );
}

/** C6: secrets that are not managed are as they were, byte for byte; of the others only `disabled` may differ. */
export async function assertUntouched(
  provider: TestStack,
  { id, sim }: TestRouter,
  first: Map<string, RouterSecret>,
): Promise<void> {
  const managed = new Set(provider.lines.filter((line) => line.routerId === id).map((line) => line.name));
  const ofOurs = (secrets: Map<string, RouterSecret>) =>
    [...secrets.values()].map((secret) => managed.has(secret["name"] ?? "") ? withoutState(secret) : secret);
  assert.deepEqual(ofOurs(await readRouterSecrets(sim)), ofOurs(first));
}

/** Fields that change by themselves, and the one that is ours to change. */
function withoutState(secret: RouterSecret): RouterSecret {
  const own = ["disabled", "last-logged-out", "last-caller-id", "last-disconnect-reason"];
  return Object.fromEntries(Object.entries(secret).filter(([name]) => !own.includes(name)));
}
