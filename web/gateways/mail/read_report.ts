import PostalMime, { type Attachment } from "postal-mime";
import { cleanWords } from "./read_smtp_error.ts";

/** What another server says became of a message: RFC 3464, as far as it is of use. */
export interface DeliveryReport {
  /** Of the message that it is about, with angle brackets; null where the report does not hold it. */
  messageId: string | null;
  recipients: readonly ReportedRecipient[];
}

/** One recipient's part of it. */
export interface ReportedRecipient {
  address: string;
  action: "failed" | "delayed" | "delivered" | "relayed" | "expanded";
  /** RFC 3463: `5.1.1`. */
  status: string;
  /** The other server's words, cleaned; empty where it had none. */
  diagnostic: string;
}

/** A report has a copy of the message in it; nobody's is larger. */
export const REPORT_BYTES_MAX = 5 * 1024 * 1024;
const RECIPIENTS_MAX = 20;
const ACTIONS: readonly string[] = ["failed", "delayed", "delivered", "relayed", "expanded"];

/** Null for what is no delivery report: an answer from a person, a notice of absence, a newsletter. */
export async function readReport(bytes: Uint8Array): Promise<DeliveryReport | null> {
  if (bytes.length > REPORT_BYTES_MAX) return null;
  let attachments: readonly Attachment[];
  try {
    // What is forwarded in it stays a part of its own, with its headers.
    ({ attachments } = await PostalMime.parse(bytes, {
      forceRfc822Attachments: true,
      attachmentEncoding: "arraybuffer",
    }));
  } catch {
    return null;
  }
  const status = attachments.find(({ mimeType }) => /^message\/(global-)?delivery-status$/i.test(mimeType));
  if (status === undefined) return null;
  const blocks = textOf(status).split(/\n\s*\n/).map(fieldsOf);
  const recipients = blocks.flatMap(recipientOf).slice(0, RECIPIENTS_MAX);
  if (recipients.length === 0) return null;
  const original = attachments.find(({ mimeType }) =>
    /^(message\/(rfc822|global)|text\/rfc822)/i.test(mimeType)
  );
  return { messageId: original === undefined ? null : messageIdIn(textOf(original)), recipients };
}

function recipientOf(fields: ReadonlyMap<string, string>): ReportedRecipient[] {
  const address = addressOf(fields.get("original-recipient")) ?? addressOf(fields.get("final-recipient"));
  const action = fields.get("action")?.toLowerCase() ?? "";
  const status = /^[245]\.\d{1,3}\.\d{1,3}/.exec(fields.get("status") ?? "")?.[0];
  if (address === null || status === undefined || !ACTIONS.includes(action)) return [];
  const diagnostic = (fields.get("diagnostic-code") ?? "").replace(/^[a-z0-9-]+\s*;\s*/i, "");
  return [{
    address,
    action: action as ReportedRecipient["action"],
    status,
    diagnostic: cleanWords(diagnostic),
  }];
}

/** `rfc822; juan@example.test`; sometimes in angle brackets. */
function addressOf(field: string | undefined): string | null {
  const address = /^[a-z0-9-]+\s*;\s*<?([^\s<>;]+@[^\s<>;]+?)>?\s*$/i.exec(field ?? "")?.[1];
  return address === undefined || address.length > 254 ? null : address;
}

/** Fields of a block, lines that go on joined; the first of a name counts. */
function fieldsOf(block: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of block.replace(/\n[ \t]+/g, " ").split("\n")) {
    const [, name, value] = /^([A-Za-z-]+):\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined && !fields.has(name.toLowerCase())) {
      fields.set(name.toLowerCase(), value.trim());
    }
  }
  return fields;
}

function messageIdIn(message: string): string | null {
  const head = message.split(/\n\s*\n/, 1)[0] ?? "";
  return /<[^\s<>]{1,298}>/.exec(fieldsOf(head).get("message-id") ?? "")?.[0] ?? null;
}

function textOf({ content }: Attachment): string {
  const text = typeof content === "string" ? content : new TextDecoder().decode(content);
  return text.replace(/\r\n?/g, "\n");
}
