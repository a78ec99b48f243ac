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
  const problem = code >= 400 ? ofAnswer(answer, error, moment) : ofConnection(error, moment);
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
const IS_LIMIT =
  /(daily|hourly|sending|send|submission|message|user)[^.]{0,30} (limit|quota|rate)[^.]{0,20} ?(exceed|reach|hit)|(exceed|reach)\w* [^.]{0,40}(daily|hourly|sending|message)[^.]{0,30}(limit|quota|rate)|sending (rate|limit|quota)|SubmissionQuotaExceeded|Unusual sending activity|Throttling failure|too many (messages|emails|mails)/i;
const IS_BASIC_ENDED =
  /5\.7\.30|5\.7\.139|basic authentication is (not|disabled)|SmtpClientAuthentication is disabled/i;
const IS_SENDER =
  /SendAsDenied|5\.7\.60|not allowed to send as|sender( address| verify)? ?(rejected|denied|refused|not allowed|failed)|not owned by|from address.{0,30}(not verified|not allowed|rejected)|address is not verified/i;
const IS_LOGIN_NEEDED =
  /auth\w* (is )?(required|needed)|relay(ing)? (access )?(denied|not permitted|prohibited)|unable to relay|not permitted to relay|must (log ?in|authenticate)|client was not authenticated/i;

function ofAnswer(answer: Answer, error: SmtpErrorParts, moment: SmtpMoment): SmtpProblem {
  const { code, status, text, command } = answer;
  const isLater = code < 500;
  if (command.startsWith("AUTH") || error.code === "EAUTH") {
    if (IS_BASIC_ENDED.test(text)) return "basic_login_ended";
    return isLater ? "server_busy" : "login_refused";
  }
  // RFC 3463: x.2.y speaks of the mailbox, however busy the words sound.
  const isMailbox = status !== null && /^[45]\.2\.[124]$/.test(status);
  if (!isMailbox && (status === "5.4.5" || status === "5.1.90" || IS_LIMIT.test(text))) {
    return "sending_limit";
  }
  if (command === "STARTTLS" || error.code === "ETLS") return isLater ? "server_busy" : "no_starttls";
  if (/STARTTLS/i.test(text) && code === 530) return "wrong_encryption";
  if (code === 530) return "login_needed";
  if (command === "RCPT TO") return ofRecipient(answer);
  if (isLater) return "server_busy";
  if (command === "MAIL FROM") return ofSender(answer);
  if (command === "DATA") {
    if (IS_SENDER.test(text)) return "sender_refused";
    return status?.startsWith("5.1.1") === true ? "recipient_refused" : "message_refused";
  }
  // A greeting or EHLO with 5xx: it will not speak with us.
  return moment.isHandedOver ? "message_refused" : "connection_refused";
}

function ofRecipient({ code, status, text }: Answer): SmtpProblem {
  if (code < 500) return code === 421 ? "server_busy" : "recipient_later";
  if (IS_SENDER.test(text) || status === "5.1.7" || status === "5.1.8") return "sender_refused";
  if (IS_LOGIN_NEEDED.test(text)) return "login_needed";
  // A policy (5.7) speaks of what was sent or by whom, not of whether the mailbox is there.
  return status?.startsWith("5.7.") === true ? "message_refused" : "recipient_refused";
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
  if (codes.some((code) => code === "EDNS" || code === "ENOTFOUND" || code === "EAI_AGAIN")) {
    return "name_not_found";
  }
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
  // Of a token that was not given; whoever gives them may have been away as well, and is above.
  if (codes.includes("EAUTH") || codes.includes("EOAUTH2")) return "login_refused";
  return codes.includes("ETLS") ? "no_starttls" : "connection_lost";
}
