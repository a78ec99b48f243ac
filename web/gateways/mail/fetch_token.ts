import { request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import type { LookupFunction } from "node:net";
import { isIPv6 } from "node:net";
import { z } from "zod";
import { readSmtpError, type SmtpErrorParts } from "./read_smtp_error.ts";
import { resolveHost } from "./resolve_host.ts";
import type { AccessToken, GivenToken, MailReach, OAuthLogin, SmtpProblem } from "./types.ts";

const ANSWER_BYTES_MAX = 64 * 1024;
const TIMEOUT_MS = 20_000;

const answer = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().optional(),
  refresh_token: z.string().min(1).optional(),
});

/** What passes by no waiting: RFC 6749, 5.2. */
const IS_FINAL = /^(invalid_grant|invalid_client|unauthorized_client|unsupported_grant_type|invalid_scope)$/;

/** No token was given, in words for the person who set it up; never with the secrets, nor with words of the answer. */
export class TokenError extends Error {
  override name = "TokenError";
  /** Refused, or who gives tokens could not be asked just now. */
  readonly tokenProblem: SmtpProblem;

  constructor(tokenProblem: SmtpProblem, words: string, options?: ErrorOptions) {
    super(`Cannot get a token: ${words}`, options);
    this.tokenProblem = tokenProblem;
  }
}

/**
 * A token that logs in: one that is kept, else a new one.
 *
 * @throws {TokenError}
 */
export async function fetchToken(login: OAuthLogin, reach: MailReach): Promise<AccessToken> {
  const ask = () => askForToken(login, reach);
  return login.tokens === undefined ? await ask() : await login.tokens.take(ask);
}

/** Asks at the address that the host was checked with, and follows no redirect. */
async function askForToken(login: OAuthLogin, reach: MailReach): Promise<GivenToken> {
  const url = new URL(login.tokenUrl);
  if (url.protocol !== "https:" && reach === "public") {
    throw new TokenError("address_not_allowed", "the address is not https");
  }
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const resolved = await resolveHost({ host, port, reach, ports: [443] });
  if (!resolved.ok) throw new TokenError(resolved.failure.problem, resolved.failure.words);
  const [address = ""] = resolved.addresses;
  const body = new URLSearchParams({
    grant_type: "refresh_token",
    client_id: login.clientId,
    client_secret: login.clientSecret,
    refresh_token: login.refreshToken,
  }).toString();
  const { status, text } = await post(url, { address, body }).catch((error: unknown) => {
    throw unanswered(host, error);
  });
  return readAnswer(host, { status, text });
}

function readAnswer(host: string, { status, text }: { status: number; text: string }): GivenToken {
  const said = parseJson(text);
  if (status !== 200) {
    const reason = status < 500 ? refusal.safeParse(said).data?.error : undefined;
    const isFinal = reason !== undefined && status !== 429 && IS_FINAL.test(reason);
    const words = `${host} answered ${status}${reason === undefined ? "" : `: ${reason}`}`;
    throw new TokenError(isFinal ? "login_refused" : "server_busy", words);
  }
  const given = answer.safeParse(said);
  if (!given.success) {
    throw new TokenError("server_busy", `the answer of ${host} cannot be read`);
  }
  const { access_token: token, expires_in: seconds = 300, refresh_token: refreshToken = null } = given.data;
  return { token, expiresInMs: seconds * 1000, refreshToken };
}

/** `invalid_grant`; what is no name is no reason. */
const refusal = z.object({ error: z.string().regex(/^[a-z_]{1,40}$/) });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Whoever gives tokens was not reached, or went away in the middle: that passes, a certificate of another does not. */
function unanswered(host: string, error: unknown): TokenError {
  if (error instanceof TokenError) return error;
  const parts = error as SmtpErrorParts;
  const { problem } = readSmtpError(parts, { encryption: "tls", port: 443, isHandedOver: false });
  return problem === "certificate"
    ? new TokenError(problem, `the certificate of ${host} is not valid`, { cause: error })
    : new TokenError("server_busy", `${host} did not answer`, { cause: error });
}

interface Answered {
  status: number;
  text: string;
}

function post(
  url: URL,
  { address, body }: { address: string; body: string },
): Promise<Answered> {
  const pinned = ((_host, options, done) => {
    const family = isIPv6(address) ? 6 : 4;
    if (typeof options === "object" && options.all === true) done(null, [{ address, family }]);
    else done(null, address, family);
  }) as LookupFunction;
  const send = url.protocol === "https:" ? requestSecure : requestPlain;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method: "POST",
      lookup: pinned,
      agent: false,
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "content-length": `${new TextEncoder().encode(body).length}`,
        accept: "application/json",
      },
    }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
        if (text.length > ANSWER_BYTES_MAX) {
          end(new TokenError("server_busy", `the answer of ${url.hostname} is too long`));
        }
      });
      response.on("end", () => response.complete ? end({ status: response.statusCode ?? 0, text }) : cut());
      response.on("error", end);
      response.on("aborted", cut);
      response.on("close", cut);
    });
    // One end, whichever comes first: what was destroyed tells it in several events, or in one of them only.
    const end = (outcome: Error | Answered) => {
      clearTimeout(timer);
      if (outcome instanceof Error) {
        request.destroy();
        reject(outcome);
      } else resolve(outcome);
    };
    const cut = () => end(new Error("Cannot read answer: the connection ended in the middle of it"));
    const timer = setTimeout(() => end(new Error("Cannot read answer: none in time")), TIMEOUT_MS);
    request.on("error", end);
    request.on("close", cut);
    request.end(body);
  });
}
