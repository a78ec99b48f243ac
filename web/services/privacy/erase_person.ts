import { coded } from "@/shared/codes/mod.ts";
import { sign } from "@/shared/crypto/mod.ts";
import { erasedName, type ListedErasure } from "@/web/gateways/erasure_list/mod.ts";
import { jsPattern } from "@/web/domain/privacy/personal_words.ts";
import { redactJson, redactSummary } from "@/web/domain/privacy/redact.ts";
import { type AuditEntryRow, lockAuditChain } from "@/web/store/access/audit.ts";
import { refreshDesired } from "../network/desired_state.ts";
import { eraseWords, finishErasure, letSecretsGo } from "@/web/store/privacy/erasures.ts";
import { eraseWideWords } from "@/web/store/privacy/erasure_steps.ts";
import { listEntriesNaming, type RedactedEntry, redactEntries } from "@/web/store/privacy/redactions.ts";
import { recordAudit } from "../audit.ts";
import { auditHash } from "../audit_hash.ts";
import type { ServiceContext } from "../context.ts";
import type { UseCase } from "../use_case.ts";
import { erasureDigest, erasureStatement } from "./erasure_statement.ts";
import type { ErasurePatterns } from "./erasure_patterns.ts";

/** Whom an erasure is about; its row is there already. */
export interface ErasedPerson {
  erasureId: string;
  subscriberId: string;
  account: string;
  /** When they were erased first; now, unless it is done again in a restored database. */
  erasedAt: Temporal.Instant;
  isAgain: boolean;
  /** What names them, as the steps looked for it. */
  patterns: ErasurePatterns;
}

/**
 * Takes a person out of everything that is known of them. What they are called, how they are reached, what people wrote of
 * them and which mails they got is gone; bills, payments, memos, the ledger and the account number stay. Last in the
 * transaction, and short: the steps before have looked through the logs, and the chain is locked only for what they found.
 *
 * @returns what the list outside of the database is told after commit
 */
export async function erasePerson(
  useCase: UseCase,
  { signing }: Pick<ServiceContext, "signing">,
  person: ErasedPerson,
): Promise<ListedErasure> {
  if (signing === undefined) {
    throw new Error("Cannot erase a subscriber: this process has no key to sign it with");
  }
  const { trx, tenant, at, actor, business } = useCase;
  const { patterns } = person;
  useCase.touchRouters(
    await refreshDesired(trx, await letSecretsGo(trx, person.subscriberId), { now: at }),
  );
  // Whatever is long comes before the lock.
  if (patterns.wide !== null) {
    await eraseWideWords(trx, { erasureId: person.erasureId, words: patterns.wide });
  }
  await lockAuditChain(trx);
  const entries = await redactedEntries(useCase, person, patterns);
  const digest = erasureDigest(entries.map((entry) => ({ ...entry, original_hash: entry.hash })));
  const facts = {
    tenantId: trx.tenantId,
    erasureId: person.erasureId,
    subscriberId: person.subscriberId,
    account: person.account,
    erasedAt: person.erasedAt.round("millisecond"),
    entries: entries.length,
    digest,
  };
  const signature = await sign(signing.privateKey, erasureStatement(facts));
  const done = { entries: entries.length, digest, public_key: signing.publicKey, signature };
  await finishErasure(trx, { id: person.erasureId, erased_at: facts.erasedAt, ...done });
  await redactEntries(trx, person.erasureId, entries);
  await eraseWords(trx, {
    erasureId: person.erasureId,
    subscriberId: person.subscriberId,
    name: erasedName(tenant.subscriber_language, person.account),
    own: patterns.own,
    addresses: patterns.addresses,
  });
  const values = { account: person.account, count: entries.length };
  await recordAudit(trx, actor, {
    action: person.isAgain ? "subscriber.erased_again" : "subscriber.erased",
    subjectKind: "subscriber",
    subjectId: person.subscriberId,
    subscriberId: person.subscriberId,
    summary: person.isAgain ? coded("audit_erased_again", values) : coded("audit_erased", values),
    details: { erasure: person.erasureId, entries: entries.length },
    at,
    businessOn: business.today,
  });
  return {
    format: "linya-erasure-v1",
    company_id: trx.tenantId,
    erasure: person.erasureId,
    subscriber: person.subscriberId,
    account: person.account,
    erased_at: facts.erasedAt,
    ...done,
    digest: new Uint8Array(digest),
    public_key: new Uint8Array(signing.publicKey),
    signature: new Uint8Array(signature),
  };
}

async function redactedEntries(
  { trx }: UseCase,
  { erasureId, subscriberId }: ErasedPerson,
  { own, wide }: ErasurePatterns,
): Promise<RedactedEntry[]> {
  const [ofThem, elsewhere] = [jsPattern(own), wide === null ? null : jsPattern(wide)];
  const changed: RedactedEntry[] = [];
  for (const entry of await listEntriesNaming(trx, { erasureId, subscriberId, wide })) {
    const isOwn = entry.subscriber_id === subscriberId;
    const pattern = isOwn ? ofThem : elsewhere;
    if (pattern === null) continue;
    const redacted = redactedEntry(entry, { pattern, isOwn });
    if (redacted !== null) changed.push(redacted);
  }
  return changed;
}

function redactedEntry(
  entry: AuditEntryRow,
  redaction: { pattern: RegExp; isOwn: boolean },
): RedactedEntry | null {
  const summary = redactSummary(entry.summary, redaction);
  const details = redactJson(entry.details, redaction);
  // Who did it is never lost, also when a subscriber works here or is called as somebody who does.
  const mayBeTheirs = (entry.actor_kind ?? "subscriber") === "subscriber";
  const isTheirs = redaction.isOwn && entry.actor_kind === "subscriber";
  const actor = isTheirs ? "—" : mayBeTheirs ? entry.actor.replaceAll(redaction.pattern, "—") : entry.actor;
  const isSame = summary === entry.summary && actor === entry.actor &&
    JSON.stringify(details) === JSON.stringify(entry.details);
  if (isSame) return null;
  const content = { ...entry, summary, details, actor, salt: null };
  return { ...content, content_hash: auditHash(content) };
}
