import { createHash } from "node:crypto";
import type { Kysely } from "kysely";
import { buildMessage, type BuiltMessage, UnsendableMail } from "@/web/gateways/mail/build_message.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { isUnavailable } from "@/web/store/db/database.ts";
import type { SkipReason } from "@/web/domain/mail/types.ts";
import { getRecipient, type OutboxMessage } from "@/web/store/mail/outbox.ts";
import type { OpenedServer, OutboxParts } from "./outbox_parts.ts";

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

/** What a message is made with. */
export interface PrepareOptions {
  db: Kysely<Database>;
  tenantId: string;
  parts: OutboxParts;
  opened: OpenedServer;
  now: Temporal.Instant;
}

/**
 * Reads again whom it goes to and whether it is still true, and makes it. What fails is this message's alone.
 *
 * @throws {DatabaseUnavailableError} which is everybody's
 */
export async function prepareMail(message: OutboxMessage, options: PrepareOptions): Promise<Preparation> {
  let address: string | null = null;
  try {
    return await withTenant(options.db, options.tenantId, async (trx) => {
      const { email, isRefused } = await getRecipient(trx, message.subscriber_id);
      address = email;
      if (email === null) return { kind: "skip", reason: "no_address", address };
      if (isRefused) return { kind: "skip", reason: "refused_address", address };
      const reason = await options.parts.whyNot(trx, message);
      if (reason !== null) return { kind: "skip", reason, address };
      return {
        kind: "ready",
        mail: build(message, email, await options.parts.compose(trx, message), options),
      };
    });
  } catch (error) {
    if (isUnavailable(error)) throw error;
    const words = error instanceof Error ? error.message : String(error);
    return error instanceof UnsendableMail && address !== null
      ? { kind: "unsendable", words, address }
      : { kind: "broken", words, address };
  }
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
    subject,
    messageId,
    attachmentSha256: file === undefined ? null : createHash("sha256").update(file.content).digest("hex"),
  };
}
