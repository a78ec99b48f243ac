import { type Coded, formatCoded } from "@/shared/codes/mod.ts";
import { randomBytes, toBase64Url } from "@/shared/crypto/mod.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import {
  type AuditEntryRow,
  findLastAuditEntry,
  insertAuditEntries,
  lockAuditChain,
} from "@/web/store/access/audit.ts";
import { announceLive, type LiveTopic } from "@/web/store/live/live_topics.ts";
import { checkAuditChain } from "./audit_chain.ts";
import { auditHash, canonicalJson } from "./audit_hash.ts";
import { type Actor, originOf, staffIdOf } from "./context.ts";

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
    previous = auditHash(entry);
    rows.push({ ...entry, hash: previous });
  }
  await insertAuditEntries(trx, rows);
  for (const row of rows) announceLive(trx, topicsOf(row, { isOneOfMany: rows.length > NAMED_MAX }));
}

/** Above so many entries at once the pages of single subscribers learn of it by their slow look. */
const NAMED_MAX = 300;

/** Too many to be guessed along with a name. */
const SALT_BYTES = 16;

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
    ...originOf(actor),
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
    salt: (input.subscriberId ?? null) === null ? null : toBase64Url(randomBytes(SALT_BYTES)),
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

/** Reads the whole chain; the first entry that does not fit its predecessor, its content or what was signed, or null. */
export async function findBrokenAuditEntry(trx: TenantTransaction): Promise<bigint | null> {
  return (await checkAuditChain(trx, null)).broken?.at ?? null;
}
