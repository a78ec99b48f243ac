import { readSmtpAnswer, serverWordsOf } from "./read_smtp_answer.ts";
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
  /** Who sent it, and to whom; left out where there is no message. */
  from?: string;
  to?: string;
}

const WORDS_MAX = 500;
/** What a server says beyond is not looked at: expressions take long over an endless line. */
const READ_MAX = 2_000;

/** Tells failures apart by what is to be done about them. */
export function readSmtpError(error: SmtpErrorParts, moment: SmtpMoment): SmtpFailure {
  const response = error.rejectedErrors?.[0]?.response ?? error.response;
  const code = Number(/^([2-5]\d\d)(?=[ -]|$)/.exec(response ?? "")?.[1] ?? 0);
  const status = statusIn(response ?? "");
  return {
    problem: error.tokenProblem ??
      (code >= 400 ? ofAnswer({ code, status }, error, moment) : ofConnection(error, moment)),
    words: cleanWords(response ?? error.message),
    code: code === 0 ? null : code,
    status,
    ...(code >= 400 && error.command !== undefined && { command: error.command }),
  };
}

/** RFC 3463; qmail writes it at the end. */
function statusIn(response: string): string | null {
  return /^\d{3}[ -]#?(\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] ??
    /\(#(\d\.\d{1,3}\.\d{1,3})\)/.exec(response)?.[1] ?? null;
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

const IS_CERTIFICATE =
  /certificate|UnknownIssuer|NotValidForName|CERT_|altname|self.signed|unable to verify|InvalidCertificate/i;
const IS_WRONG_ENCRYPTION =
  /wrong version number|InvalidContentType|InvalidMessage|packet length too long|unknown protocol|http request/i;
const IS_BASIC_ENDED =
  /5\.7\.30|5\.7\.139|basic authentication is (not|disabled)|SmtpClientAuthentication is disabled/i;

function ofAnswer(
  { code, status }: { code: number; status: string | null },
  error: SmtpErrorParts,
  { from, to, isHandedOver }: SmtpMoment,
): SmtpProblem {
  const text = error.rejectedErrors?.[0]?.response ?? error.response ?? "";
  const login = ofLogin(code, text, error);
  if (login !== null) return login;
  const command = error.code === "ETLS" ? "STARTTLS" : isHandedOver ? "DATA" : error.command ?? "";
  const names = (address: string | undefined) =>
    address !== undefined && text.toLowerCase().includes(address.toLowerCase());
  return readSmtpAnswer({
    code,
    status,
    said: serverWordsOf(text.slice(0, READ_MAX)),
    command,
    isNamingSender: names(from) && !names(to),
  });
}

/** A refused login; null: the answer is to something else. */
function ofLogin(
  code: number,
  text: string,
  { command = "", code: kind }: SmtpErrorParts,
): SmtpProblem | null {
  if (!command.startsWith("AUTH") && kind !== "EAUTH") return null;
  if (IS_BASIC_ENDED.test(text)) return "basic_login_ended";
  return code < 500 ? "server_busy" : "login_refused";
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
