import { accountKey } from "@/shared/protocol/mod.ts";
import { isCodePageText, readableText } from "@/shared/text/mod.ts";
import { importKey, managedService, type ReadSecret } from "@/web/domain/imports/mod.ts";
import {
  listSubscriptionsBeyondAscii,
  type SubscribedAccount,
} from "@/web/store/imports/imported_subscribers.ts";
import { deleteObservedAccounts } from "@/web/store/network/observed.ts";
import { updateSubscriptionSecret } from "@/web/store/subscribers/new_subscribers.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { refreshDesired } from "../network/desired_state.ts";

/** How many connections took another name, and whose state moved by it. */
export interface AdoptedNames {
  count: number;
  routerIds: readonly string[];
}

const NONE: AdoptedNames = { count: 0, routerIds: [] };

/**
 * Names that came in as they read, before bytes were kept, become the exact ones: a connection whose name the router does
 * not have takes that of the one secret in a code page that reads the same. It is the same secret, which the agent would
 * miss for ever, and the review would offer as a new subscriber.
 *
 * The caller audits it, last.
 */
export async function adoptExactNames(
  trx: TenantTransaction,
  read: { routerId: string; secrets: readonly ReadSecret[]; now: Temporal.Instant },
): Promise<AdoptedNames> {
  const { routerId, secrets, now } = read;
  const inCodePage = secrets.filter(({ name }) => isCodePageText(name));
  if (inCodePage.length === 0) return NONE;
  const renamed = planNames(
    await listSubscriptionsBeyondAscii(trx, routerId),
    new Set(secrets.map(importKey)),
    inCodePage,
  );
  if (renamed.length === 0) return NONE;
  for (const { account: { id }, name } of renamed) {
    await updateSubscriptionSecret(trx, id, { ppp_name: name });
  }
  // Without an authorisation: who was cut meanwhile counts against the agent's guard.
  const routerIds = await refreshDesired(trx, renamed.map(({ account }) => account.id), { now });
  // Whoever read the router to mend it would see them as missing until the next complete report.
  await deleteObservedAccounts(trx, routerId, renamed.map(({ account }) => account));
  return { count: renamed.length, routerIds };
}

/** Which connection takes which name: where one secret, and one connection, can be meant. */
function planNames(
  known: readonly SubscribedAccount[],
  onRouter: ReadonlySet<string>,
  inCodePage: readonly ReadSecret[],
): { account: SubscribedAccount; name: string }[] {
  const taken = new Set(known.map(keyOf));
  const free = inCodePage.filter((secret) =>
    managedService(secret.service) !== null && !taken.has(importKey(secret))
  );
  const byLooks = Map.groupBy(free, (secret) => readableText(importKey(secret)));
  return known.flatMap((account) => {
    const key = keyOf(account);
    const [secret, ...others] = onRouter.has(key) ? [] : byLooks.get(key) ?? [];
    return secret === undefined || others.length > 0 ? [] : [{ account, name: secret.name }];
  });
}

function keyOf({ ppp_service: service, ppp_name: name }: SubscribedAccount): string {
  return accountKey({ service, name });
}
