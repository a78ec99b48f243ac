import type { Selectable } from "kysely";
import type { MailMessagesTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A message that another server reports about. */
export type ReportedMessage = Pick<
  Selectable<MailMessagesTable>,
  "id" | "subscriber_id" | "bill_id" | "address" | "state"
>;

/** The message that was sent under an id. */
export async function findByMessageId(
  trx: TenantTransaction,
  messageId: string,
): Promise<ReportedMessage | null> {
  return await trx.selectFrom("mail_messages").select(["id", "subscriber_id", "bill_id", "address", "state"])
    .where("tenant_id", "=", trx.tenantId).where("message_id", "=", messageId).executeTakeFirst() ?? null;
}

/** Notes that a message which its server had taken came back. @returns whether it was not noted before */
export async function updateReported(
  trx: TenantTransaction,
  id: string,
  { reason, words }: { reason: string; words: string },
): Promise<boolean> {
  const { numUpdatedRows } = await trx.updateTable("mail_messages")
    .set({ state: "refused", reason, server_words: words })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", id).where("state", "=", "sent")
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}
