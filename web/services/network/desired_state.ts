import { hash } from "node:crypto";
import { uuidv7 } from "@/shared/ids.ts";
import {
  accountKey,
  DEFAULT_PPP_SERVICE,
  type HashedSecret,
  hashedText,
  sumStateHash,
} from "@/shared/protocol/mod.ts";
import { type BlockReason, decideDesired } from "@/web/domain/network/mod.ts";
import {
  type DesiredSecretRow,
  type DisableAuthorisationRow,
  insertDisableAuthorisations,
  listDesiredSecretsNamed,
  listDesiredSecretsOf,
  lockProvisioningSources,
  lockRouterStates,
  type ProvisioningSource,
  type SourceFacts,
  updateRouterStates,
  writeDesiredSecrets,
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
  /** A person says so now: what is off by the books is authorised anew, for somebody may have enabled it on the router. */
  isSaidAgain?: boolean;
  /** A reason against each of them that the same transaction writes in `meanwhile`. */
  adding?: BlockReason;
  /**
   * Sends statements ahead once everything has been read and locked: the database carries them out while the changes are
   * worked out here.
   */
  meanwhile?: () => Promise<void>;
}

type Target = Pick<
  DesiredSecretRow,
  "router_id" | "ppp_name" | "ppp_service" | "subscription_id" | "profile" | "is_disabled"
>;

/** What changes on one router. */
interface RouterChange {
  routerId: string;
  removed: HashedSecret[];
  added: HashedSecret[];
  rows: (Target & Pick<DesiredSecretRow, "removed_at" | "authorisation_id">)[];
  /** By their accounts' keys. */
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
  return await refreshLocked(
    trx,
    await lockProvisioningSources(trx, subscriptionIds, options.now),
    subscriptionIds,
    options,
  );
}

/** The same where the sources of these subscriptions have been locked already. */
export async function refreshLocked(
  trx: TenantTransaction,
  sources: readonly ProvisioningSource[],
  subscriptionIds: readonly string[],
  options: RefreshOptions,
): Promise<string[]> {
  const { adding } = options;
  return await moveTo(trx, {
    subscriptionIds,
    routerIds: sources.map((source) => source.router_id),
    planIds: sources.map((source) => source.plan_id),
    targetsOf: (facts) =>
      sources.map((source) => targetOf(source, facts, adding === undefined ? [] : [adding])),
  }, options);
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
    // Linya makes PPPoE secrets only.
    ppp_service: DEFAULT_PPP_SERVICE,
    subscription_id: secret.makerId,
    profile: null,
    is_disabled: true,
  };
  return await moveTo(trx, {
    subscriptionIds: [secret.makerId],
    routerIds: [secret.routerId],
    planIds: [],
    targetsOf: () => [target],
  }, options);
}

/** Secrets that are brought to where they are to be. */
interface Move {
  subscriptionIds: readonly string[];
  /** On which they are to be. */
  routerIds: readonly string[];
  planIds: readonly string[];
  targetsOf(facts: SourceFacts): Target[];
}

async function moveTo(trx: TenantTransaction, move: Move, options: RefreshOptions): Promise<string[]> {
  const { subscriptionIds } = move;
  const nowMs = options.now.epochMilliseconds;
  const locked = await lockRouterStates(trx, {
    subscriptionIds,
    routers: [...new Set(move.routerIds)].map((routerId) => ({ routerId, lineage: crypto.randomUUID() })),
    planIds: [...new Set(move.planIds)],
  }, options.now);
  // Read under the lock: another transaction may have moved a row of these routers while this one waited.
  const own = await listDesiredSecretsOf(trx, subscriptionIds);
  const { states, facts } = await locked();
  const targets = move.targetsOf(facts);
  // A name that one of them holds itself is held by nobody else.
  const held = new Set(own.map(keyOf));
  const others = targets.filter((target) => !held.has(keyOf(target)));
  const current = [...own, ...await listDesiredSecretsNamed(trx, others)];
  await options.meanwhile?.();
  const moves = planChanges(targets, current, subscriptionIds, options).map((change) => {
    const state = states.get(change.routerId);
    if (state === undefined) throw new Error(`Cannot refresh router ${change.routerId}: it has no state row`);
    return moveOf(change, state, options, uuidv7(nowMs));
  });
  await writeMoves(trx, moves, { current, now: options.now });
  return moves.map(({ routerId }) => routerId).sort();
}

function targetOf(source: ProvisioningSource, facts: SourceFacts, added: readonly BlockReason[]): Target {
  const reasons = facts.reasons.get(source.subscription_id) ?? [];
  const desired = decideDesired({
    status: source.status,
    activation: source.activation,
    blockReasons: [...reasons as BlockReason[], ...added],
    profile: facts.profiles[source.plan_id] ?? null,
  });
  return {
    router_id: source.router_id,
    ppp_name: source.ppp_name,
    ppp_service: source.ppp_service,
    subscription_id: source.subscription_id,
    profile: desired.profile,
    is_disabled: desired.isDisabled,
  };
}

function planChanges(
  targets: readonly Target[],
  current: readonly DesiredSecretRow[],
  subscriptionIds: readonly string[],
  { now, isSaidAgain = false }: RefreshOptions,
): RouterChange[] {
  const changes = new Map<string, RouterChange>();
  const known = new Map(current.map((row) => [keyOf(row), row]));
  const wanted = new Map(targets.map((target) => [keyOf(target), target]));
  for (const target of wanted.values()) {
    addTarget(changeFor(changes, target.router_id), target, known, isSaidAgain);
  }
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

function addTarget(
  change: RouterChange,
  target: Target,
  known: Map<string, DesiredSecretRow>,
  isSaidAgain: boolean,
): void {
  const row = known.get(keyOf(target));
  const live = row !== undefined && row.removed_at === null ? row : undefined;
  // An ended subscription does not take a name back that another one has been given.
  if (live !== undefined && live.subscription_id !== target.subscription_id && target.is_disabled) return;
  const isSame = live !== undefined && live.is_disabled === target.is_disabled &&
    live.profile === target.profile && live.subscription_id === target.subscription_id;
  const isNewlyDisabled = target.is_disabled && (isSaidAgain || live?.is_disabled !== true);
  if (isSame && !isNewlyDisabled) return;
  if (isNewlyDisabled) change.newlyDisabled.push(accountOf(target));
  if (live !== undefined) change.removed.push(hashed(live));
  change.added.push(hashed(target));
  const keeps = target.is_disabled && !isNewlyDisabled;
  change.rows.push({
    ...target,
    removed_at: null,
    authorisation_id: keeps ? live?.authorisation_id ?? null : null,
  });
}

/** What one generation of one router writes. */
interface RouterMove {
  routerId: string;
  generation: bigint;
  hash: string;
  authorisation: DisableAuthorisationRow | null;
  rows: DesiredSecretRow[];
}

function moveOf(
  change: RouterChange,
  state: { generation: bigint; hash: string },
  options: RefreshOptions,
  authorisationId: string,
): RouterMove {
  const generation = state.generation + 1n;
  const allowed = options.authorisation;
  const authorisation = allowed === undefined || change.newlyDisabled.length === 0 ? null : {
    id: authorisationId,
    router_id: change.routerId,
    generation,
    kind: allowed.kind,
    run_id: allowed.runId,
    approved_by: allowed.approvedBy,
    names: change.newlyDisabled,
    created_at: options.now,
  };
  const listed = new Set(authorisation?.names);
  const rows = change.rows.map((row) => ({
    ...row,
    generation,
    authorisation_id: listed.has(accountOf(row)) && row.removed_at === null
      ? authorisationId
      : row.authorisation_id,
  }));
  const summed = sumStateHash(state.hash, {
    removed: change.removed.map(digestOf),
    added: change.added.map(digestOf),
  });
  return { routerId: change.routerId, generation, hash: summed, authorisation, rows };
}

/** At once: handing thousands of short texts to WebCrypto's threads takes twenty times as long as hashing them. */
function digestOf(secret: HashedSecret): string {
  return hash("sha256", hashedText(secret));
}

/** All routers at once: a cut that touches twenty costs as many statements as one that touches one. */
async function writeMoves(
  trx: TenantTransaction,
  moves: readonly RouterMove[],
  { current, now }: { current: readonly DesiredSecretRow[]; now: Temporal.Instant },
): Promise<void> {
  await insertDisableAuthorisations(
    trx,
    moves.flatMap(({ authorisation }) => authorisation === null ? [] : [authorisation]),
  );
  const stored = new Set(current.map(keyOf));
  const rows = moves.flatMap((move) => move.rows);
  await writeDesiredSecrets(trx, {
    known: rows.filter((row) => stored.has(keyOf(row))),
    fresh: rows.filter((row) => !stored.has(keyOf(row))),
  });
  await updateRouterStates(trx, moves, now);
}

function changeFor(changes: Map<string, RouterChange>, routerId: string): RouterChange {
  const known = changes.get(routerId);
  if (known !== undefined) return known;
  const change: RouterChange = { routerId, removed: [], added: [], rows: [], newlyDisabled: [] };
  changes.set(routerId, change);
  return change;
}

function keyOf(row: Pick<Target, "router_id" | "ppp_name" | "ppp_service">): string {
  return `${row.router_id}/${accountOf(row)}`;
}

function accountOf(
  { ppp_service: service, ppp_name: name }: Pick<Target, "ppp_name" | "ppp_service">,
): string {
  return accountKey({ service, name });
}

function hashed(row: Pick<Target, "ppp_name" | "ppp_service" | "profile" | "is_disabled">): HashedSecret {
  return { name: row.ppp_name, service: row.ppp_service, profile: row.profile, disabled: row.is_disabled };
}
