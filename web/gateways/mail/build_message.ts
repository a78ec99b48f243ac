import { Buffer } from "node:buffer";
import { domainToASCII } from "node:url";
import { encode, wrap } from "nodemailer/lib/qp";
import type { MailAttachment, OutgoingMail } from "./types.ts";

/** A message as it goes over the wire, dots not doubled, with whom the server is told. */
export interface BuiltMessage {
  from: string;
  to: string;
  bytes: Uint8Array;
}

/** A message that cannot be sent as it is, whatever the server says. */
export class UnsendableMail extends Error {
  override name = "UnsendableMail";
}

const LINE_MAX = 76;
/** `=?UTF-8?B?` and `?=` around the base64 of a word. */
const WORD_FRAME = 12;
/** RFC 5321: the longest path. */
const ADDRESS_MAX = 254;

/**
 * The bytes of a message. They are made here in one piece: as streams of parts the same message costs nodemailer several
 * times as much (decision 0066).
 *
 * @throws {UnsendableMail} for line breaks in headers and addresses that are none
 */
export function buildMessage(mail: OutgoingMail): BuiltMessage {
  const from = envelopeAddress("from", mail.from.address);
  const to = envelopeAddress("to", mail.to.address);
  const lines = [
    `From: ${mailbox("From", mail.from.name, from)}`,
    `To: ${mailbox("To", mail.to.name, to)}`,
  ];
  if (mail.replyTo !== null) lines.push(`Reply-To: <${envelopeAddress("reply-to", mail.replyTo)}>`);
  lines.push(
    `Subject: ${unstructured("Subject", mail.subject)}`,
    `Message-ID: ${plain("Message-ID", mail.messageId)}`,
    `Date: ${new Date(mail.date.epochMilliseconds).toUTCString().replace("GMT", "+0000")}`,
    "MIME-Version: 1.0",
    // RFC 3834: holiday answers are not for programs.
    "Auto-Submitted: auto-generated",
  );
  for (const [name, value] of Object.entries(mail.headers)) {
    if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(name)) {
      throw new UnsendableMail(`Cannot send mail: "${name}" is no header name`);
    }
    lines.push(`${name}: ${unstructured(name, value)}`);
  }
  const body = bodyOf(mail);
  return { from, to, bytes: Buffer.from(`${lines.join("\r\n")}\r\n${body}`) };
}

function bodyOf({ text, html, attachments }: OutgoingMail): string {
  const inline = attachments.filter(({ contentId }) => contentId !== undefined);
  const attached = attachments.filter(({ contentId }) => contentId === undefined);
  const htmlPart = inline.length === 0
    ? textPart("html", html)
    : multipart("related", [textPart("html", html), ...inline.map(filePart)]);
  const alternative = multipart("alternative", [textPart("plain", text), htmlPart]);
  return attached.length === 0 ? alternative : multipart("mixed", [alternative, ...attached.map(filePart)]);
}

function multipart(kind: "mixed" | "related" | "alternative", parts: readonly string[]): string {
  // Neither base64 nor quoted-printable holds "=_".
  const boundary = `=_${crypto.randomUUID().replaceAll("-", "")}`;
  const head = `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n\r\n`;
  return `${head}${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join("")}--${boundary}--\r\n`;
}

function textPart(kind: "plain" | "html", content: string): string {
  const lines = content.toWellFormed().replaceAll("\0", "").replace(/\r\n?|\n/g, "\r\n");
  return `Content-Type: text/${kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${
    wrap(encode(lines), LINE_MAX)
  }`;
}

function filePart({ fileName, contentType, content, contentId }: MailAttachment): string {
  const head = [
    `Content-Type: ${plain("Content-Type", contentType)}`,
    "Content-Transfer-Encoding: base64",
    `Content-Disposition: ${contentId === undefined ? "attachment" : "inline"};\r\n ${fileNameOf(fileName)}`,
    ...(contentId === undefined ? [] : [`Content-ID: <${plain("Content-ID", contentId)}>`]),
  ];
  return `${head.join("\r\n")}\r\n\r\n${base64Lines(content)}`;
}

/** In lines; cut by hand, since an expression that does it takes as long as sending the message. */
function base64Lines(content: Uint8Array): string {
  const base64 = content.toBase64();
  const lines: string[] = [];
  for (let at = 0; at < base64.length; at += LINE_MAX) lines.push(base64.slice(at, at + LINE_MAX));
  return lines.join("\r\n");
}

function fileNameOf(name: string): string {
  refuseControls("file name", name);
  const ascii = name.replace(/[^\x20-\x7e]/g, "_").replace(/["\\/]/g, "_");
  if (ascii === name) return `filename="${name}"`;
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16)}`,
  );
  return `filename="${ascii}";\r\n filename*=utf-8''${encoded}`;
}

/** A mailbox with the name that people see; a name is never part of the address. */
function mailbox(header: string, name: string, address: string): string {
  refuseControls(`${header} name`, name);
  if (name.trim() === "") return `<${address}>`;
  const shown = isShortAscii(name) ? `"${name.replace(/["\\]/g, "\\$&")}"` : encodedWords(header, name);
  return `${shown}\r\n <${address}>`;
}

/**
 * An address as the server is told it: exactly one, its domain in ASCII.
 *
 * @throws {UnsendableMail} for several in one field, names around it, quotes, spaces and line breaks
 */
export function envelopeAddress(what: string, address: string): string {
  const at = address.lastIndexOf("@");
  const local = address.slice(0, at);
  const domain = domainToASCII(address.slice(at + 1));
  const isOne = at > 0 && /^[^\s"(),:;<>@[\\\]\p{C}]{1,64}$/u.test(local) && !/^\.|\.\.|\.$/.test(local) &&
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(domain);
  if (!isOne || address.length > ADDRESS_MAX) {
    throw new UnsendableMail(`Cannot send mail: the ${what} address is not one mail address`);
  }
  return `${local}@${domain}`;
}

/** A value of free text: as it is where it is short ASCII, otherwise as encoded words. */
function unstructured(header: string, value: string): string {
  refuseControls(header, value);
  // What a program reads (addresses in angle brackets) is never encoded.
  return isShortAscii(value) || /^<[\x21-\x7e]*>(, ?<[\x21-\x7e]*>)*$/.test(value)
    ? value
    : encodedWords(header, value);
}

function plain(header: string, value: string): string {
  refuseControls(header, value);
  if (!/^[\x20-\x7e]*$/.test(value)) throw new UnsendableMail(`Cannot send mail: ${header} is not ASCII`);
  return value;
}

function isShortAscii(value: string): boolean {
  return value.length <= LINE_MAX - 16 && /^[\x20-\x7e]*$/.test(value) && !value.includes("=?");
}

/**
 * Each word is cut between letters, so that it reads on its own. No line with one is longer than 76 (RFC 2047, 2): before
 * the first stands the name of the header, before the others a space.
 */
function encodedWords(header: string, value: string): string {
  const words: string[] = [];
  let bytes: Buffer[] = [];
  let size = 0;
  let room = wordBytes(header.length + 2);
  const close = () => {
    words.push(size === 0 ? "" : `=?UTF-8?B?${Buffer.concat(bytes).toString("base64")}?=`);
    bytes = [];
    size = 0;
    room = wordBytes(1);
  };
  for (const letter of value.toWellFormed()) {
    const next = Buffer.from(letter);
    if (size + next.length > room) close();
    bytes.push(next);
    size += next.length;
  }
  close();
  return words.join("\r\n ");
}

/** How many bytes a word holds that stands after so many letters of its line. */
function wordBytes(before: number): number {
  return Math.floor((LINE_MAX - before - WORD_FRAME) / 4) * 3;
}

/** Before anything is encoded: a line break in a name would be a header of its own. */
function refuseControls(what: string, value: string): void {
  if (/[\p{Cc}\u2028\u2029]/u.test(value)) {
    throw new UnsendableMail(`Cannot send mail: the ${what} holds a line break or another control character`);
  }
}
