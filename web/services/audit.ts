import { type Coded, formatCoded } from "@/shared/codes/mod.ts";
import { sha256 } from "@/shared/crypto/mod.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import {
  type AuditEntryRow,
  findLastAuditEntry,
  insertAuditEntries,
  listAuditEntries,
  lockAuditChain,
} from "@/web/store/access/audit.ts";
import { announceLive, type LiveTopic } from "@/web/store/live/live_topics.ts";
import { type Actor, staffIdOf } from "./context.ts";

/** What happened, for the audit log and the timeline. */
export interface AuditInput {
  /** Object and verb, e.g. `payment.recorded`. */
  action: string;
  subjectKind: string;
  subjectId: string;
  /** Puts the entry on a subscriber's timeline. */
  subscriberId?: string | null;
  /** What the timeline says, in the language of whoever reads it; a sentence without a full stop. */
  summary: Coded;
  /** JSON values; amounts as text. No secrets. */
  details?: Record<string, unknown>;
  /** Real time. */
  at: Temporal.Instant;
  businessOn: Temporal.PlainDate;
}

/**
 * Adds an entry to the tenant's hash chain: SHA-256 of the previous hash and the canonical JSON of the entry. Call it
 * last in a transaction: its lock makes other writers of the tenant wait until commit.
 */
export async function recordAudit(trx: TenantTransaction, actor: Actor, input: AuditInput): Promise<void> {
  await recordAudits(trx, actor, [input]);
}

/** Adds entries in this order. */
export async function recordAudits(
  trx: TenantTransaction,
  actor: Actor,
  inputs: readonly AuditInput[],
): Promise<void> {
  await lockAuditChain(trx);
  const last = await findLastAuditEntry(trx);
  let [sequence, previous] = [last?.sequence ?? 0n, last?.hash ?? new Uint8Array(32)];
  const rows: AuditEntryRow[] = [];
  for (const input of inputs) {
    sequence += 1n;
    const entry = entryOf(actor, input, sequence, previous);
    previous = await auditHash(entry);
    rows.push({ ...entry, hash: previous });
  }
  await insertAuditEntries(trx, rows);
  for (const row of rows) announceLive(trx, topicsOf(row, { isOneOfMany: rows.length > NAMED_MAX }));
}

/** Above so many entries at once the pages of single subscribers learn of it by their slow look. */
const NAMED_MAX = 300;

function entryOf(
  actor: Actor,
  input: AuditInput,
  sequence: bigint,
  previousHash: Uint8Array,
): Omit<AuditEntryRow, "hash"> {
  return {
    sequence,
    // The database keeps microseconds; the hash must come out the same when it is read back.
    at: input.at.round("millisecond"),
    business_on: input.businessOn,
    actor: actor.label,
    actor_kind: actor.kind,
    staff_user_id: staffIdOf(actor),
    action: input.action,
    subject_kind: input.subjectKind,
    subject_id: input.subjectId,
    subscriber_id: input.subscriberId ?? null,
    summary: formatCoded(input.summary),
    details: JSON.parse(canonicalJson({
      ...input.details,
      ...(actor.kind === "staff" && actor.undoes !== undefined ? { undoes: actor.undoes } : {}),
    })),
    previous_hash: previousHash,
  };
}

const TOPICS_OF_KIND: Record<string, readonly LiveTopic[]> = {
  payment: ["money", "tonight"],
  bill: ["money", "tonight"],
  run: ["money", "tonight"],
  subscription: ["tonight"],
  site: ["network"],
  agent: ["network"],
  router: ["network"],
};

/** What was done to a thing is news for every page that shows it. */
function topicsOf(
  entry: Pick<AuditEntryRow, "subject_kind" | "subject_id" | "subscriber_id">,
  { isOneOfMany }: { isOneOfMany: boolean },
): LiveTopic[] {
  const { subject_kind: kind, subject_id: id } = entry;
  const topics: LiveTopic[] = [...TOPICS_OF_KIND[kind] ?? []];
  if (kind === "router" || kind === "run" || kind === "import") topics.push(`${kind}:${id}`);
  if (entry.subscriber_id !== null && !isOneOfMany) topics.push(`subscriber:${entry.subscriber_id}`);
  return topics;
}

/** Reads the whole chain; the first entry that does not fit its predecessor or its content, or null. */
export async function findBrokenAuditEntry(trx: TenantTransaction): Promise<bigint | null> {
  let previous: Uint8Array = new Uint8Array(32);
  let after = 0n;
  while (true) {
    const entries = await listAuditEntries(trx, { after, limit: 1000 });
    for (const entry of entries) {
      const isLinked = entry.sequence === after + 1n && sameBytes(entry.previous_hash, previous);
      if (!isLinked || !sameBytes(await auditHash(entry), entry.hash)) return entry.sequence;
      previous = entry.hash;
      after = entry.sequence;
    }
    if (entries.length < 1000) return null;
  }
}

async function auditHash(entry: Omit<AuditEntryRow, "hash">): Promise<Uint8Array> {
  const text = canonicalJson({
    sequence: entry.sequence.toString(),
    at: entry.at.toString({ fractionalSecondDigits: 3 }),
    business_on: entry.business_on.toString(),
    actor: entry.actor,
    // Entries from before there were kinds have none, and their hash was made without it.
    ...(entry.actor_kind === null ? {} : { actor_kind: entry.actor_kind }),
    staff_user_id: entry.staff_user_id,
    action: entry.action,
    subject_kind: entry.subject_kind,
    subject_id: entry.subject_id,
    subscriber_id: entry.subscriber_id,
    summary: entry.summary,
    details: entry.details,
  });
  const content = new TextEncoder().encode(text);
  const bytes = new Uint8Array(entry.previous_hash.length + content.length);
  bytes.set(entry.previous_hash);
  bytes.set(content, entry.previous_hash.length);
  return await sha256(bytes);
}

/** JSON with sorted keys, so that jsonb may store them in its own order. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "bigint") return item.toString();
    if (typeof item !== "object" || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0));
  });
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
