import { isNoMailbox } from "@/web/domain/mail/mailbox_status.ts";
import type { SmtpProblem } from "./types.ts";

/** What a server said to a command. */
export interface SmtpAnswer {
  code: number;
  /** RFC 3463; null where none was given. */
  status: string | null;
  /** The words without addresses and links, see {@linkcode serverWordsOf}. */
  said: string;
  command: string;
  /** The words have the address of who sends, and not that of the recipient. */
  isNamingSender: boolean;
}

/** A limit of hours or days, as the known providers word it: not one of what a mailbox or a host may take. */
const IS_DAILY =
  /\b5\.4\.5\b|\b5\.1\.90\b|\bdaily\b[^.]{0,40}(limit|quota)|(limit|quota)[^.]{0,40}(per day|per hour)|per (day|hour) (limit|quota)|\/ ?1[hd]\b|allowed outgoing messages|max\w* [a-z ]{0,25}(per|an?) (hour|day)|SubmissionQuotaExceeded/i;
/** A limit of seconds or of minutes. */
const IS_TOO_FAST =
  /throttling failure|sending rate exceeded|(e?mails?|messages) per second|sending too (fast|quickly)|too (much mail|many (messages|e?mails|recipients)) from/i;
/** What is too many at once, or over one connection: with fewer connections, or a new one, as many are taken. */
const IS_AT_ONCE =
  /concurren|simultaneous|at the same time|\bthreads?\b|connections?\b|\bsessions?\b|per minute/i;
const IS_TOO_MANY = /too many|limit|exceed|maxim|\bmax\b|no more than/i;
/** What a server does next says nothing of what it had too much of. */
const IS_CLOSING = /clos\w+ (the |this |transmission )?(connection|session|channel)/gi;
const IS_SIZE = /\bsize\b|too (big|large)/i;
const IS_SESSION_OVER =
  /(too many|limit|exceed|maxim|\bmax\b)[^.;]{0,60}(per|in|for|over) (this|one|a|each|the)? ?(connection|session)/i;
const IS_LIMIT =
  /(hourly|sending|send|submission|message|user)[^.]{0,30} (limit|quota|rate)[^.]{0,20} ?(exceed|reach|hit)|(exceed|reach)\w* [^.]{0,40}(hourly|sending|message)[^.]{0,30}(limit|quota|rate)|sending (rate|limit|quota)|sender rate over ?limit|Unusual sending activity/i;
const IS_MANY_MESSAGES = /too many (messages|emails|mails)/i;
/** Said to a recipient: what that mailbox takes. */
const IS_OF_MAILBOX =
  /\b(recipient|mailbox|inbox)\b(?! address rejected)[^.;]{0,60}(exceed|limit|quota|too (many|much|fast)|no more than|may not)|\breceiving (mail|messages)/i;
const IS_TO_US = /\byou\b|\byour\b|\byou've\b|\bsender\b|\bdomain\b/i;
/** The account that sends is closed, which a mailbox may be as well: never believed of RCPT. */
const IS_BLOCKED =
  /account[^.]{0,30}(suspended|disabled|blocked|locked|deactivated|restricted|paused|not (yet )?activated?)|(suspended|disabled|blocked|paused)[^.]{0,20}(this|your) account|activate your [^.]{0,20}account|sending[^.]{0,20}(paused|suspended|disabled)|outgoing (is )?blocked|bad outbound sender|tenant has exceeded/i;
/** The host, its network or its name stands on a list. */
const IS_LISTED =
  /spamhaus|spamcop|barracuda|\b(dns|u?r)bls?\b|(black|block|deny).?list|\bblocked\b|\bbanned\b|reputation/i;
const IS_NO_MAILBOX =
  /no such (user|recipient|mailbox|address|person)|(unknown|invalid|nonexistent|non-existent) (user|recipient|mailbox|address)|(user|recipient|mailbox|(?<!ip |client |host )address|account)[^.;]{0,60}(unknown|not found|does ?n[o']t exist|not exist|no longer (exists|available))|user does ?n[o']t have an? [^.;]{0,30}account|mailbox is (disabled|inactive)|account that you tried to reach is (disabled|inactive)|no mailbox here/i;
const IS_FULL =
  /(mailbox|inbox|quota|storage)[^.;]{0,30}\b(full|exceeded)|over ?quota|insufficient (system )?storage/i;
const IS_MAILBOX_FULL = /\b(mailbox|inbox|recipient|user)\b[^.;]{0,30}\b(full|over ?quota)/i;
const IS_SENDER =
  /SendAsDenied|5\.7\.60|not allowed to send as|sender( address| verify)? ?(rejected|denied|refused|not allowed|failed)|not owned by|relaying disallowed as|from address.{0,30}(not verified|not allowed|rejected)|address is not verified|\b5\.7\.26\b|sender is unauthenticated/i;
/** Who sends, though the words are those of a mailbox. */
const IS_ABOUT_SENDER =
  /\bsender|\b(from|envelope|return)[ -](address|path|from)|\byour (e-?mail )?(address|mailbox|login|domain)/i;
const IS_YOUR_ACCOUNT = /\byour (\w+ )?account/i;
const IS_LOGIN_NEEDED =
  /auth\w* (is )?(required|needed)|relay(ing)? (access )?(denied|not permitted|prohibited)|unable to relay|not permitted to relay|must (log ?in|authenticate)|client was not authenticated|rcpthosts/i;
/** What another server answered, as a relay tells it: it is about that one recipient, whatever it sounds like. */
const QUOTED = /\bsaid: (\d{3})[ -](?:#?(\d\.\d{1,3}\.\d{1,3})\b)?(.*)$/s;

/**
 * What a server says by itself. An address, a link or the name of a host is no word of it: `daily-quota@…` is no limit,
 * and who explains `no such user` at a page of a list of spammers has listed nobody.
 */
export function serverWordsOf(response: string): string {
  return response
    .replace(/(\r?\n)\d{3}[ -](#?\d\.\d{1,3}\.\d{1,3}\b)?/g, " ")
    .replace(/\bhttps?:\/\/\S+|\bwww\.\S+/gi, "")
    .replace(/\S+@\S+/g, "")
    // Those of lists are what they say.
    .replace(/(?<![\w.-])(?!\S*(spamhaus|spamcop|barracuda))([a-z0-9-]+\.)+[a-z]{2,}(?![\w-])(\/\S*)?/g, "")
    .replace(/\s+/g, " ");
}

/** Tells an answer of 4xx or 5xx apart by what is to be done. A login is read elsewhere. */
export function readSmtpAnswer(answer: SmtpAnswer): SmtpProblem {
  const { code, status, said, command } = answer;
  const isLater = code < 500;
  const isToRecipient = command === "RCPT TO";
  const isToContent = command === "DATA";
  if ((isToRecipient || isToContent) && isOfMailbox(status)) return ofRecipient(answer);
  const limit = ofLimit(answer);
  if (limit !== null) return limit;
  if (command === "STARTTLS") return isLater ? "server_busy" : "no_starttls";
  if (code === 530) return /STARTTLS/i.test(said) ? "wrong_encryption" : "login_needed";
  if (isToRecipient || (isToContent && isNamingMailbox(said))) return ofRecipient(answer);
  if (isLater) return "server_busy";
  if (command === "MAIL FROM") return ofSender(answer);
  if (isToContent) return ofContent(said);
  // A greeting or EHLO with 5xx: it will not speak with us.
  return "connection_refused";
}

/** Whether a server has enough of the connection, and not of the message: the next one goes over a new one. */
export function wantsNewConnection({ code, words }: { code: number | null; words: string }): boolean {
  return code === 421 || IS_SESSION_OVER.test(words);
}

/** RFC 3463: x.1.y and x.2.y speak of the mailbox, however busy or closed the words sound. */
function isOfMailbox(status: string | null): boolean {
  return status !== null && /^[45]\.(1\.([1-4]|6|10)|2\.[1-4])$/.test(status);
}

function isNamingMailbox(said: string): boolean {
  return IS_NO_MAILBOX.test(said) || IS_MAILBOX_FULL.test(said);
}

/** A limit of the account, by its length; null: none is spoken of. */
function ofLimit({ code, status, said, command }: SmtpAnswer): SmtpProblem | null {
  if (isOfMailbox(status)) return null;
  const isToRecipient = command === "RCPT TO";
  const isMail = isToRecipient || command === "DATA" || command === "MAIL FROM";
  if (isToRecipient && IS_OF_MAILBOX.test(said) && !IS_TO_US.test(said)) return null;
  if (isMail && isTooManyAtOnce(said)) return "too_fast";
  // Of seconds, whatever the words: 432 is Microsoft's for too many at once.
  if (code === 432) return "too_fast";
  if (code === 421) return isMail && IS_MANY_MESSAGES.test(said) ? "too_fast" : null;
  if (IS_DAILY.test(said) || status === "5.4.5" || status === "5.1.90") return "sending_limit";
  if (IS_TOO_FAST.test(said)) return "too_fast";
  // To a recipient a server speaks of that mailbox's limits, and of hosts that it does not know.
  if (isToRecipient) return null;
  if (IS_MANY_MESSAGES.test(said)) return code < 500 ? "too_fast" : "sending_limit";
  return IS_LIMIT.test(said) ? "sending_limit" : null;
}

function isTooManyAtOnce(said: string): boolean {
  return IS_AT_ONCE.test(said.replace(IS_CLOSING, "")) && IS_TOO_MANY.test(said) && !IS_SIZE.test(said);
}

/** An address is given up only where the answer names the mailbox: whoever is on a list is refused everywhere. */
function ofRecipient(answer: SmtpAnswer): SmtpProblem {
  const { code, status, said } = answer;
  if (code < 500) return code === 421 || status === "4.5.3" ? "server_busy" : "recipient_later";
  const [isQuoted, , innerStatus = null, inner = ""] = QUOTED.exec(said) ?? [];
  if (isQuoted !== undefined) {
    const own = ofRecipient({ ...answer, status: innerStatus, said: inner });
    return own === "recipient_refused" || own === "mailbox_full" ? own : "message_refused";
  }
  if (IS_SENDER.test(said) || status === "5.1.7" || status === "5.1.8") return "sender_refused";
  if (IS_LOGIN_NEEDED.test(said)) return "login_needed";
  if (IS_LISTED.test(said)) return "message_refused";
  const isFull = status === null ? code === 552 || IS_FULL.test(said) : /^5\.2\.[24]$/.test(status);
  const isGone = (IS_NO_MAILBOX.test(said) && status !== "5.2.2") || isNoMailbox(status);
  if (!isGone && !isFull) return "message_refused";
  if (isAboutSender(answer)) return IS_BLOCKED.test(said) ? "sender_blocked" : "sender_refused";
  return isGone ? "recipient_refused" : "mailbox_full";
}

/** Whether the mailbox that is spoken of is that of who sends. */
function isAboutSender({ status, said, isNamingSender }: SmtpAnswer): boolean {
  return isNamingSender || IS_YOUR_ACCOUNT.test(said) ||
    (!isOfMailbox(status) && IS_ABOUT_SENDER.test(said));
}

function ofSender({ code, status, said }: SmtpAnswer): SmtpProblem {
  if (IS_BLOCKED.test(said)) return "sender_blocked";
  if (code === 552 || status === "5.3.4" || status === "5.2.3") return "message_refused";
  return IS_LOGIN_NEEDED.test(said) ? "login_needed" : "sender_refused";
}

function ofContent(said: string): SmtpProblem {
  const isOfRecipient = /\b(recipient|user's mailbox)\b/i.test(said);
  if (IS_BLOCKED.test(said) && !isOfRecipient) return "sender_blocked";
  return IS_SENDER.test(said) ? "sender_refused" : "message_refused";
}
