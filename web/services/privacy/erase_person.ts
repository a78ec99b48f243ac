import { coded } from "@/shared/codes/mod.ts";
import { sign } from "@/shared/crypto/mod.ts";
import { erasedName, type ListedErasure } from "@/web/gateways/erasure_list/mod.ts";
import { jsPattern, wordsPattern } from "@/web/domain/privacy/personal_words.ts";
import { redactJson, redactSummary } from "@/web/domain/privacy/redact.ts";
import { type AuditEntryRow, lockAuditChain } from "@/web/store/access/audit.ts";
import { refreshDesired } from "../network/desired_state.ts";
import {
  eraseWords,
  finishErasure,
  letSecretsGo,
  type PersonWordsRow,
  readPersonWords,
} from "@/web/store/privacy/erasures.ts";
import { listEntriesNaming, type RedactedEntry, redactEntries } from "@/web/store/privacy/redactions.ts";
import { listSharedWords } from "@/web/store/privacy/shared_words.ts";
import { recordAudit } from "../audit.ts";
import { auditHash } from "../audit_hash.ts";
import type { ServiceContext } from "../context.ts";
import type { UseCase } from "../use_case.ts";
import { erasureDigest, erasureStatement } from "./erasure_statement.ts";

/** Whom an erasure is about; its row is there already. */
export interface ErasedPerson {
  erasureId: string;
  subscriberId: string;
  account: string;
  /** When they were erased first; now, unless it is done again in a restored database. */
  erasedAt: Temporal.Instant;
  isAgain: boolean;
}

/** Shorter words of a person are only looked for in what is theirs. */
const WIDE_MIN = 5;

/**
 * Takes a person out of everything that is known of them. What they are called, how they are reached, what people wrote of
 * them and which mails they got is gone; bills, payments, memos, the ledger and the account number stay. Last in the
 * transaction.
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
  const words = await readPersonWords(trx, person.subscriberId);
  const own = wordsPattern(wordsOf(words));
  const wide = await wideWords(useCase, person.subscriberId, words);
  useCase.touchRouters(
    await refreshDesired(trx, await letSecretsGo(trx, person.subscriberId), { now: at }),
  );
  await lockAuditChain(trx);
  const entries = await redactedEntries(useCase, person.subscriberId, { own, wide });
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
    own,
    wide,
    addresses: [words.email?.toLowerCase() ?? null, ...words.addresses].filter((text) => text !== null),
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

function wordsOf(row: PersonWordsRow): { words: string[]; phones: string[] } {
  const words = [row.name, row.email, row.address, ...row.other_names, ...row.ppp_names, ...row.addresses];
  const phones = [row.phone, ...row.other_phones];
  return { words: words.filter((word) => word !== null), phones: phones.filter((phone) => phone !== null) };
}

/** What names this person and nobody else here: looked for in what is not theirs. */
async function wideWords(
  { trx }: UseCase,
  subscriberId: string,
  row: PersonWordsRow,
): Promise<string | null> {
  const shared = new Set(await listSharedWords(trx, subscriberId));
  const { words, phones } = wordsOf({ ...row, ppp_names: [] });
  const alone = (text: string) => text.length >= WIDE_MIN && !shared.has(text.toLowerCase());
  const named = { words: words.filter(alone), phones: phones.filter(alone) };
  return named.words.length + named.phones.length === 0 ? null : wordsPattern(named);
}

async function redactedEntries(
  { trx }: UseCase,
  subscriberId: string,
  { own, wide }: { own: string; wide: string | null },
): Promise<RedactedEntry[]> {
  const [ofThem, elsewhere] = [jsPattern(own), wide === null ? null : jsPattern(wide)];
  const found = await listEntriesNaming(trx, { subscriberId, words: wide ?? own, isWide: wide !== null });
  const changed: RedactedEntry[] = [];
  for (const entry of found) {
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
  const isTheirs = redaction.isOwn && entry.actor_kind === "subscriber";
  const actor = isTheirs ? "—" : entry.actor.replaceAll(redaction.pattern, "—");
  const isSame = summary === entry.summary && actor === entry.actor &&
    JSON.stringify(details) === JSON.stringify(entry.details);
  if (isSame) return null;
  const content = { ...entry, summary, details, actor, salt: null };
  return { ...content, content_hash: auditHash(content) };
}
