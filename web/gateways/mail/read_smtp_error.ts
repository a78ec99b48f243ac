import { isNoMailbox } from "@/web/domain/mail/mailbox_status.ts";
import type { Encryption, SmtpFailure, SmtpProblem } from "./types.ts";

/** What nodemailer's connection throws, and the system below it. */
export interface SmtpErrorParts {
  message: string;
  /** `EENVELOPE`, `ESOCKET`, … */
  code?: string | undefined;
  /** What the system called it before nodemailer did: `ECONNREFUSED`. */
  originalCode?: string | undefined;
  /** The server's answer. */
  response?: string | undefined;
  responseCode?: number | undefined;
  /** Which command it answers: `RCPT TO`, `AUTH PLAIN`. */
  command?: string | undefined;
  /** Why no token was given to log in with. */
  tokenProblem?: SmtpProblem | undefined;
  rejectedErrors?: readonly { response?: string | undefined }[] | undefined;
}

/** When it happened. */
export interface SmtpMoment {
  encryption: Encryption;
  port: number;
  /** The whole message was handed over. */
  isHandedOver: boolean;
}

const WORDS_MAX = 500;

/** Tells failures apart by what is to be done about them. */
export function readSmtpError(error: SmtpErrorParts, moment: SmtpMoment): SmtpFailure {
  const response = error.rejectedErrors?.[0]?.response ?? error.response;
  const code = Number(/^([2-5]\d\d)(?=[ -]|$)/.exec(response ?? "")?.[1] ?? 0);
  const status = /^\d{3}[ -]#?(\d\.\d{1,3}\.\d{1,3})\b/.exec(response ?? "")?.[1] ?? null;
  const answer = { code, status, text: response ?? "", command: error.command ?? "" };
  const problem = error.tokenProblem ??
    (code >= 400 ? ofAnswer(answer, error, moment) : ofConnection(error, moment));
  return {
    problem,
    words: cleanWords(response ?? error.message),
    code: code === 0 ? null : code,
    status,
  };
}

/** One line of another program's text that can be shown and stored. */
export function cleanWords(text: string): string {
  const line = text.toWellFormed().replace(
    /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu,
    " ",
  )
    .replace(/\s+/g, " ").trim();
  return line.slice(0, WORDS_MAX).toWellFormed();
}

interface Answer {
  code: number;
  status: string | null;
  text: string;
  command: string;
}

const IS_CERTIFICATE =
  /certificate|UnknownIssuer|NotValidForName|CERT_|altname|self.signed|unable to verify|InvalidCertificate/i;
const IS_WRONG_ENCRYPTION =
  /wrong version number|InvalidContentType|InvalidMessage|packet length too long|unknown protocol|http request/i;
/** A limit of hours or days, as the known providers word it: not one of what a mailbox or a host may take. */
const IS_DAILY =
  /\b5\.4\.5\b|\b5\.1\.90\b|\bdaily\b[^.]{0,40}(limit|quota)|(limit|quota)[^.]{0,40}(per day|per hour)|allowed outgoing messages|max\w* emails per (hour|day)|SubmissionQuotaExceeded/i;
/** A limit of seconds. */
const IS_TOO_FAST =
  /throttling failure|sending rate exceeded|(e?mails?|messages) per second|sending too (fast|quickly)/i;
const IS_LIMIT =
  /(hourly|sending|send|submission|message|user)[^.]{0,30} (limit|quota|rate)[^.]{0,20} ?(exceed|reach|hit)|(exceed|reach)\w* [^.]{0,40}(hourly|sending|message)[^.]{0,30}(limit|quota|rate)|sending (rate|limit|quota)|Unusual sending activity|too many (messages|emails|mails)/i;
/** The account that sends is closed, which a mailbox may be as well: never believed of RCPT. */
const IS_BLOCKED =
  /account[^.]{0,30}(suspended|disabled|blocked|locked|deactivated|restricted|paused)|(suspended|disabled|blocked|paused)[^.]{0,20}(this|your) account|sending[^.]{0,20}(paused|suspended|disabled)/i;
/** The host, its network or its name stands on a list. */
const IS_LISTED =
  /spamhaus|spamcop|barracuda|\b(dns|u?r)bls?\b|(black|block|deny).?list|\bblocked\b|\bbanned\b|reputation/i;
const IS_NO_MAILBOX =
  /no such (user|recipient|mailbox|address|person)|(unknown|invalid|nonexistent|non-existent) (user|recipient|mailbox|address)|(user|recipient|mailbox|address|account)[^.;]{0,60}(unknown|not found|does ?n[o']t exist|not exist|no longer (exists|available))|no mailbox here/i;
const IS_FULL =
  /(mailbox|inbox|quota|storage)[^.;]{0,30}\b(full|exceeded)|over ?quota|insufficient (system )?storage/i;
const IS_BASIC_ENDED =
  /5\.7\.30|5\.7\.139|basic authentication is (not|disabled)|SmtpClientAuthentication is disabled/i;
const IS_SENDER =
  /SendAsDenied|5\.7\.60|not allowed to send as|sender( address| verify)? ?(rejected|denied|refused|not allowed|failed)|not owned by|from address.{0,30}(not verified|not allowed|rejected)|address is not verified|\b5\.7\.26\b|sender is unauthenticated/i;
const IS_LOGIN_NEEDED =
  /auth\w* (is )?(required|needed)|relay(ing)? (access )?(denied|not permitted|prohibited)|unable to relay|not permitted to relay|must (log ?in|authenticate)|client was not authenticated/i;

function ofAnswer(answer: Answer, error: SmtpErrorParts, moment: SmtpMoment): SmtpProblem {
  const { code, status, text, command } = answer;
  const isLater = code < 500;
  if (command.startsWith("AUTH") || error.code === "EAUTH") {
    if (IS_BASIC_ENDED.test(text)) return "basic_login_ended";
    return isLater ? "server_busy" : "login_refused";
  }
  const limit = ofLimit(answer);
  if (limit !== null) return limit;
  if (command === "STARTTLS" || error.code === "ETLS") return isLater ? "server_busy" : "no_starttls";
  if (/STARTTLS/i.test(text) && code === 530) return "wrong_encryption";
  if (code === 530) return "login_needed";
  if (command === "RCPT TO") return ofRecipient(answer);
  if (isLater) return "server_busy";
  const isMessage = command === "DATA" || command === "MAIL FROM";
  if (isMessage && IS_BLOCKED.test(text)) return "sender_blocked";
  if (command === "MAIL FROM") return ofSender(answer);
  if (command === "DATA") {
    if (IS_SENDER.test(text)) return "sender_refused";
    return status?.startsWith("5.1.1") === true ? "recipient_refused" : "message_refused";
  }
  // A greeting or EHLO with 5xx: it will not speak with us.
  return moment.isHandedOver ? "message_refused" : "connection_refused";
}

/** A limit of the account, by its length; null: none is spoken of. */
function ofLimit({ status, text, command }: Answer): SmtpProblem | null {
  // RFC 3463: x.2.y speaks of the mailbox, however busy the words sound.
  if (status !== null && /^[45]\.2\.[124]$/.test(status)) return null;
  if (IS_DAILY.test(text)) return "sending_limit";
  if (IS_TOO_FAST.test(text)) return "too_fast";
  // To a recipient a server speaks of that mailbox's limits, and of hosts that it does not know.
  return command !== "RCPT TO" && IS_LIMIT.test(text) ? "sending_limit" : null;
}

/** An address is given up only where the answer names the mailbox: whoever is on a list is refused everywhere. */
function ofRecipient({ code, status, text }: Answer): SmtpProblem {
  // Names of people are no words of the server.
  const said = text.replace(/\S+@\S+/g, "");
  if (code < 500) return code === 421 || status === "4.5.3" ? "server_busy" : "recipient_later";
  if (IS_SENDER.test(said) || status === "5.1.7" || status === "5.1.8") return "sender_refused";
  if (IS_LOGIN_NEEDED.test(said)) return "login_needed";
  if (IS_LISTED.test(said)) return "message_refused";
  const isFull = status === null ? code === 552 || IS_FULL.test(said) : /^5\.2\.[2-4]$/.test(status);
  if (IS_NO_MAILBOX.test(said) || isNoMailbox(status)) {
    return "recipient_refused";
  }
  return isFull ? "mailbox_full" : "message_refused";
}

function ofSender({ code, status, text }: Answer): SmtpProblem {
  if (code === 552 || status === "5.3.4" || status === "5.2.3") return "message_refused";
  return IS_LOGIN_NEEDED.test(text) ? "login_needed" : "sender_refused";
}

/** Nobody answered, or not in SMTP. */
function ofConnection(error: SmtpErrorParts, { encryption, port, isHandedOver }: SmtpMoment): SmtpProblem {
  if (isHandedOver) return "answer_lost";
  const codes = [error.code, error.originalCode];
  const { message } = error;
  if (codes.includes("EAI_AGAIN")) return "name_unanswered";
  if (codes.some((code) => code === "EDNS" || code === "ENOTFOUND")) return "name_not_found";
  if (IS_WRONG_ENCRYPTION.test(message)) return "wrong_encryption";
  if (IS_CERTIFICATE.test(message)) return "certificate";
  if (codes.includes("EMESSAGE") || codes.includes("EENVELOPE")) return "message_refused";
  if (codes.some((code) => /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/.test(code ?? ""))) {
    return "connection_refused";
  }
  if (codes.includes("ETIMEDOUT")) {
    // A server of 465 waits for our first encrypted byte, and we for its greeting.
    return port === 465 && encryption !== "tls" && /greeting/i.test(message)
      ? "wrong_encryption"
      : "timed_out";
  }
  if (codes.includes("EAUTH") || codes.includes("EOAUTH2")) return "login_refused";
  return codes.includes("ETLS") ? "no_starttls" : "connection_lost";
}
