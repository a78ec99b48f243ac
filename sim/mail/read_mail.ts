import { Buffer } from "node:buffer";
import { type AddressObject, type ParsedMail, simpleParser } from "mailparser";

/** A mail as a mail program reads it. */
export interface ReadMail {
  from: string;
  to: string;
  replyTo: string;
  subject: string;
  date: string | null;
  /** Each header line as it stands, unfolded. */
  headers: readonly string[];
  text: string;
  /** Pictures that the text shows by `cid:` are in it; null where there is only plain text. */
  html: string | null;
  attachments: readonly ReadAttachment[];
}

/** A file of a mail. */
export interface ReadAttachment {
  fileName: string;
  contentType: string;
  content: Uint8Array;
  /** Shown within the text; null: it is attached. */
  contentId: string | null;
}

/** The headers alone, so that a list of mails need not read their files. */
export type MailHead = Pick<ReadMail, "from" | "to" | "subject" | "date">;

/** Longest text and longest page that are read; the rest is cut off. */
const TEXT_CHARS_MAX = 1_000_000;

/** Reads a whole mail. */
export async function readMail(raw: Uint8Array): Promise<ReadMail> {
  const mail = await parse(raw);
  return {
    ...headOf(mail),
    replyTo: addressText(mail.replyTo),
    headers: mail.headerLines.map(({ line }) => line.replace(/\r?\n\s*/g, " ")),
    text: (mail.text ?? "").slice(0, TEXT_CHARS_MAX),
    html: mail.html ? mail.html.slice(0, TEXT_CHARS_MAX) : null,
    attachments: mail.attachments.map((one) => ({
      fileName: one.filename ?? "",
      contentType: one.contentType,
      content: new Uint8Array(one.content),
      contentId: one.cid ?? null,
    })),
  };
}

/** Reads who, to whom and about what. */
export async function readHead(raw: Uint8Array): Promise<MailHead> {
  return headOf(await parse(raw.subarray(0, endOfHead(raw))));
}

/** The Message-ID with its brackets; empty where there is none. */
export function messageIdOf(raw: Uint8Array): string {
  const head = new TextDecoder().decode(raw.subarray(0, endOfHead(raw)));
  return /^message-id:\s*(<[^>]*>)/im.exec(head)?.[1] ?? "";
}

const CR = 13;
const LF = 10;

/** Where the empty line is that ends the headers; the whole length where there is none. */
function endOfHead(raw: Uint8Array): number {
  for (let at = raw.indexOf(LF); at !== -1; at = raw.indexOf(LF, at + 1)) {
    const next = raw[at + 1] === CR ? raw[at + 2] : raw[at + 1];
    if (next === LF) return at + 1;
  }
  return raw.length;
}

function parse(raw: Uint8Array): Promise<ParsedMail> {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  return simpleParser(bytes, { skipTextToHtml: true, skipTextLinks: true });
}

function headOf(mail: ParsedMail): MailHead {
  const date = mail.date?.getTime();
  return {
    from: addressText(mail.from),
    to: addressText(mail.to),
    subject: mail.subject ?? "",
    date: date === undefined || Number.isNaN(date)
      ? null
      : Temporal.Instant.fromEpochMilliseconds(date).toString(),
  };
}

function addressText(addresses: AddressObject | AddressObject[] | undefined): string {
  return [addresses ?? []].flat().flatMap(({ value }) => value)
    .map(({ name, address = "" }) => name === "" ? address : `${name} <${address}>`).join(", ");
}
