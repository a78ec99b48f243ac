import { createHash } from "node:crypto";
import { buildMessage, type BuiltMessage, UnsendableMail } from "@/web/gateways/mail/build_message.ts";
import { listWorking } from "@/web/store/access/staff.ts";
import { isUnavailable } from "@/web/store/db/database.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { sqlState } from "@/web/store/db/unavailable.ts";
import { cleanWords } from "@/web/gateways/mail/read_smtp_error.ts";
import { isStaffOccasion, readStaffFacts } from "@/web/domain/mail/staff.ts";
import type { SkipReason } from "@/web/domain/mail/types.ts";
import {
  type BegunMessage,
  type OutboxMessage,
  readRecipients,
  type Recipient,
} from "@/web/store/mail/outbox.ts";
import { expiryFrom } from "./decide_outcome.ts";
import type { OpenedServer, OutboxParts } from "./outbox_parts.ts";

/** So much of a subject is kept; it is sent whole. */
const SUBJECT_MAX = 1_000;

/** A message as it goes out now. */
export interface PreparedMail {
  built: BuiltMessage;
  address: string;
  subject: string;
  messageId: string;
  /** Of the first attached file. */
  attachmentSha256: string | null;
}

/** Ready, not to be sent, or not makeable: for ever, or this time. */
export type Preparation =
  | { kind: "ready"; mail: PreparedMail }
  | { kind: "skip"; reason: SkipReason; address: string | null }
  | { kind: "unsendable"; words: string; address: string }
  | { kind: "broken"; words: string; address: string | null };

/** What is written down of a message before its content is handed over. */
export function begunOf(
  message: OutboxMessage,
  { address, subject, messageId, attachmentSha256 }: PreparedMail,
  begunAt: Temporal.Instant,
): BegunMessage {
  const expiresAt = message.expires_at ?? expiryFrom(begunAt);
  return { id: message.id, address, subject, messageId, attachmentSha256, expiresAt, begunAt };
}

/** What messages are made with. */
export interface PrepareOptions {
  parts: OutboxParts;
  opened: OpenedServer;
  now: Temporal.Instant;
}

/**
 * Reads again whom each goes to and whether it is still true, and makes it. What fails is its own message's alone.
 *
 * @throws {BatchSpoiled} when a statement failed: nothing more can be asked in this transaction
 * @throws {DatabaseUnavailableError} which is everybody's
 */
export async function prepareMails(
  trx: TenantTransaction,
  messages: readonly OutboxMessage[],
  options: PrepareOptions,
): Promise<Preparation[]> {
  if (messages.length === 0) return [];
  const recipients = await readRecipients(
    trx,
    messages.map((message) => message.subscriber_id).filter((id) => id !== null),
  );
  const why = await whyNot(trx, messages, options);
  const working = await listWorking(trx, messages.map((message) => message.staff_user_id).filter(isId));
  const prepared: Preparation[] = [];
  for (const message of messages) {
    const recipient = message.subscriber_id === null
      ? { email: message.address, isRefused: false }
      : recipients.get(message.subscriber_id) ?? NO_RECIPIENT;
    const reason = why.get(message.id) ?? whyNotToStaff(message, working, options.now);
    try {
      prepared.push(await prepareMail(trx, message, { ...recipient, why: reason }, options));
    } catch (error) {
      if (isUnavailable(error)) throw error;
      const words = error instanceof Error ? error.message : String(error);
      if (sqlState(error) !== null) throw new BatchSpoiled(words, { cause: error });
      prepared.push(brokenBy(error, recipient.email));
    }
  }
  return prepared;
}

const NO_RECIPIENT: Recipient = { email: null, isRefused: false };

function isId(id: string | null): id is string {
  return id !== null;
}

/**
 * Who does not work here any more is told nothing, and a link that has run out is not sent.
 *
 * @param working those of the staff whom messages are to and who work here
 */
function whyNotToStaff(
  { staff_user_id: staffUserId, occasion, facts }: OutboxMessage,
  working: ReadonlySet<string>,
  now: Temporal.Instant,
): SkipReason | undefined {
  if (staffUserId !== null && !working.has(staffUserId)) return "no_longer_true";
  const goodUntil = isStaffOccasion(occasion) ? readStaffFacts(occasion, facts)?.facts.goodUntil : null;
  const isOver = goodUntil && Temporal.Instant.compare(goodUntil, now) <= 0;
  return isOver ? "too_old" : undefined;
}

/** A statement failed while messages were made, and with it the transaction that they were made in. */
export class BatchSpoiled extends Error {
  override name = "BatchSpoiled";
}

/** What a message comes to that cannot be made. */
export function brokenBy(error: unknown, address: string | null): Preparation {
  const words = cleanWords(error instanceof Error ? error.message : String(error));
  return error instanceof UnsendableMail && address !== null
    ? { kind: "unsendable", words, address }
    : { kind: "broken", words, address };
}

/** Read for all at once; what a statement fails at is found by asking for each alone. */
async function whyNot(
  trx: TenantTransaction,
  messages: readonly OutboxMessage[],
  { parts }: PrepareOptions,
): Promise<Map<string, SkipReason>> {
  try {
    return await parts.whyNot(trx, messages);
  } catch (error) {
    if (isUnavailable(error)) throw error;
    throw new BatchSpoiled(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function prepareMail(
  trx: TenantTransaction,
  message: OutboxMessage,
  { email: address, isRefused, why }: Recipient & { why: SkipReason | undefined },
  options: PrepareOptions,
): Promise<Preparation> {
  if (address === null) return { kind: "skip", reason: "no_address", address };
  if (isRefused) return { kind: "skip", reason: "refused_address", address };
  if (why !== undefined) return { kind: "skip", reason: why, address };
  return { kind: "ready", mail: build(message, address, await options.parts.compose(trx, message), options) };
}

function build(
  message: OutboxMessage,
  address: string,
  composed: Awaited<ReturnType<OutboxParts["compose"]>>,
  { opened, now }: PrepareOptions,
): PreparedMail {
  const { from, replyTo } = opened;
  // Made of what never changes, and kept with the first try: the from-address may be changed between two.
  const messageId = message.message_id ??
    `<${message.id}@${from.address.slice(from.address.lastIndexOf("@") + 1)}>`;
  const { toName, subject, html, text, headers, attachments } = composed;
  const built = buildMessage({
    from,
    replyTo,
    to: { name: toName, address },
    subject,
    html,
    text,
    messageId,
    date: now,
    headers,
    attachments,
  });
  const [file] = attachments.filter(({ contentId }) => contentId === undefined);
  return {
    built,
    address,
    subject: subject.toWellFormed().slice(0, SUBJECT_MAX).toWellFormed(),
    messageId,
    attachmentSha256: file === undefined ? null : createHash("sha256").update(file.content).digest("hex"),
  };
}
