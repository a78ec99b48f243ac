import { uuidv7 } from "@/shared/ids.ts";
import { changeStateHash, type HashedSecret } from "@/shared/protocol/mod.ts";
import { type BlockReason, decideDesired } from "@/web/domain/network/mod.ts";
import {
  type DesiredSecretRow,
  insertDisableAuthorisation,
  listDesiredSecretsFor,
  listProvisioningSources,
  listRoutersOfSecrets,
  lockRouterStates,
  type ProvisioningSource,
  updateRouterState,
  upsertDesiredSecrets,
} from "@/web/store/network/desired_secrets.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/** Who allowed the disables that a change brings (rule R4). */
export interface DisableAuthorisation {
  kind: "run" | "manual" | "import";
  runId: string | null;
  approvedBy: string;
}

/** When the desired state moves, and who allowed what it disables. */
export interface RefreshOptions {
  /** Real time. */
  now: Temporal.Instant;
  /** Without it the agent counts new disables against its guard. */
  authorisation?: DisableAuthorisation;
}

type Target = Pick<
  DesiredSecretRow,
  "router_id" | "ppp_name" | "subscription_id" | "profile" | "is_disabled"
>;

/** What changes on one router. */
interface RouterChange {
  routerId: string;
  removed: HashedSecret[];
  added: HashedSecret[];
  rows: (Target & Pick<DesiredSecretRow, "removed_at" | "authorisation_id">)[];
  newlyDisabled: string[];
}

/**
 * Brings the desired secrets of these subscriptions in line with their status, plan and block reasons, inside the
 * transaction that changed them. Ids of deleted subscriptions are allowed: their secrets stop being managed. Each
 * router whose rows changed moves by one generation; nothing changed means nothing is written.
 *
 * @returns ids of the routers that moved, for `notifyRouters` after commit
 */
export async function refreshDesired(
  trx: TenantTransaction,
  subscriptionIds: readonly string[],
  options: RefreshOptions,
): Promise<string[]> {
  if (subscriptionIds.length === 0) return [];
  const targets = (await listProvisioningSources(trx, subscriptionIds, options.now)).map(targetOf);
  return await moveTo(trx, { targets, subscriptionIds }, options);
}

/**
 * Disables a secret that Linya made and that no connection uses: one that a connection has, ended or not, is left to it.
 *
 * @param secret `makerId` stands where other rows have their subscription
 * @returns as {@linkcode refreshDesired}
 */
export async function switchOffSecret(
  trx: TenantTransaction,
  secret: { routerId: string; pppName: string; makerId: string },
  options: RefreshOptions,
): Promise<string[]> {
  const target: Target = {
    router_id: secret.routerId,
    ppp_name: secret.pppName,
    subscription_id: secret.makerId,
    profile: null,
    is_disabled: true,
  };
  return await moveTo(trx, { targets: [target], subscriptionIds: [secret.makerId] }, options);
}

async function moveTo(
  trx: TenantTransaction,
  { targets, subscriptionIds }: { targets: readonly Target[]; subscriptionIds: readonly string[] },
  options: RefreshOptions,
): Promise<string[]> {
  const before = await listRoutersOfSecrets(trx, subscriptionIds);
  const routerIds = new Set([...targets.map((row) => row.router_id), ...before]);
  const nowMs = options.now.epochMilliseconds;
  const states = await lockRouterStates(
    trx,
    [...routerIds].map((routerId) => ({ routerId, lineage: crypto.randomUUID() })),
    options.now,
  );
  // Read under the lock: another transaction may have moved a row of these routers while this one waited.
  const current = await listDesiredSecretsFor(trx, subscriptionIds, targets);
  const moved: string[] = [];
  for (const change of planChanges(targets, current, subscriptionIds, options.now)) {
    const state = states.get(change.routerId);
    if (state === undefined) throw new Error(`Cannot refresh router ${change.routerId}: it has no state row`);
    await applyChange(trx, change, state, options, uuidv7(nowMs));
    moved.push(change.routerId);
  }
  return moved.sort();
}

function targetOf(source: ProvisioningSource): Target {
  const desired = decideDesired({
    status: source.status,
    activation: source.activation,
    blockReasons: source.reasons as BlockReason[],
    profile: source.ppp_profile,
  });
  return {
    router_id: source.router_id,
    ppp_name: source.ppp_name,
    subscription_id: source.subscription_id,
    profile: desired.profile,
    is_disabled: desired.isDisabled,
  };
}

function planChanges(
  targets: readonly Target[],
  current: readonly DesiredSecretRow[],
  subscriptionIds: readonly string[],
  now: Temporal.Instant,
): RouterChange[] {
  const changes = new Map<string, RouterChange>();
  const known = new Map(current.map((row) => [keyOf(row), row]));
  const wanted = new Map(targets.map((target) => [keyOf(target), target]));
  for (const target of wanted.values()) addTarget(changeFor(changes, target.router_id), target, known);
  const asked = new Set(subscriptionIds);
  for (const row of current) {
    const isGone = asked.has(row.subscription_id) && !wanted.has(keyOf(row)) && row.removed_at === null;
    if (!isGone) continue;
    const change = changeFor(changes, row.router_id);
    change.removed.push(hashed(row));
    change.rows.push({ ...row, removed_at: now });
  }
  return [...changes.values()].filter((change) => change.rows.length > 0)
    .sort((a, b) => a.routerId < b.routerId ? -1 : 1);
}

function addTarget(change: RouterChange, target: Target, known: Map<string, DesiredSecretRow>): void {
  const row = known.get(keyOf(target));
  const live = row !== undefined && row.removed_at === null ? row : undefined;
  // An ended subscription does not take a name back that another one has been given.
  if (live !== undefined && live.subscription_id !== target.subscription_id && target.is_disabled) return;
  const isSame = live !== undefined && live.is_disabled === target.is_disabled &&
    live.profile === target.profile && live.subscription_id === target.subscription_id;
  if (isSame) return;
  const isNewlyDisabled = target.is_disabled && live?.is_disabled !== true;
  if (isNewlyDisabled) change.newlyDisabled.push(target.ppp_name);
  if (live !== undefined) change.removed.push(hashed(live));
  change.added.push(hashed(target));
  const keeps = target.is_disabled && !isNewlyDisabled;
  change.rows.push({
    ...target,
    removed_at: null,
    authorisation_id: keeps ? live?.authorisation_id ?? null : null,
  });
}

async function applyChange(
  trx: TenantTransaction,
  change: RouterChange,
  state: { generation: bigint; hash: string },
  options: RefreshOptions,
  authorisationId: string,
): Promise<void> {
  const generation = state.generation + 1n;
  const isAuthorised = options.authorisation !== undefined && change.newlyDisabled.length > 0;
  if (options.authorisation !== undefined && isAuthorised) {
    await insertDisableAuthorisation(trx, {
      id: authorisationId,
      router_id: change.routerId,
      generation,
      kind: options.authorisation.kind,
      run_id: options.authorisation.runId,
      approved_by: options.authorisation.approvedBy,
      names: change.newlyDisabled,
      created_at: options.now,
    });
  }
  const listed = new Set(isAuthorised ? change.newlyDisabled : []);
  await upsertDesiredSecrets(
    trx,
    change.rows.map((row) => ({
      ...row,
      generation,
      authorisation_id: listed.has(row.ppp_name) && row.removed_at === null
        ? authorisationId
        : row.authorisation_id,
    })),
  );
  const hash = await changeStateHash(state.hash, { removed: change.removed, added: change.added });
  await updateRouterState(trx, change.routerId, { generation, hash, changed_at: options.now });
}

function changeFor(changes: Map<string, RouterChange>, routerId: string): RouterChange {
  const known = changes.get(routerId);
  if (known !== undefined) return known;
  const change: RouterChange = { routerId, removed: [], added: [], rows: [], newlyDisabled: [] };
  changes.set(routerId, change);
  return change;
}

function keyOf(row: Pick<Target, "router_id" | "ppp_name">): string {
  return `${row.router_id}/${row.ppp_name}`;
}

function hashed(row: Pick<Target, "ppp_name" | "profile" | "is_disabled">): HashedSecret {
  return { name: row.ppp_name, profile: row.profile, disabled: row.is_disabled };
}
