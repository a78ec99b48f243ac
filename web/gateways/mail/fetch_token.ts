import { request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import type { LookupFunction } from "node:net";
import { isIPv6 } from "node:net";
import { z } from "zod";
import { resolveHost } from "./resolve_host.ts";
import type { MailReach, SmtpLogin } from "./types.ts";

const ANSWER_BYTES_MAX = 64 * 1024;
const TIMEOUT_MS = 20_000;

const answer = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().optional() });

/** A token that logs in instead of a password. */
export interface AccessToken {
  token: string;
  expiresInMs: number;
}

/**
 * Asks for a token, at the address that its host was checked with and following no redirect.
 *
 * @throws {Error} in words for the person who set it up; never with the secrets
 */
export async function fetchToken(
  login: Extract<SmtpLogin, { kind: "oauth2" }>,
  reach: MailReach,
): Promise<AccessToken> {
  const url = new URL(login.tokenUrl);
  if (url.protocol !== "https:" && reach === "public") {
    throw new Error("Cannot get a token: the address is not https");
  }
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const resolved = await resolveHost({ host, port, reach, ports: [443] });
  if (!resolved.ok) throw new Error(`Cannot get a token: ${resolved.failure.words}`);
  const [address = ""] = resolved.addresses;
  const body = new URLSearchParams({
    grant_type: "refresh_token",
    client_id: login.clientId,
    client_secret: login.clientSecret,
    refresh_token: login.refreshToken,
  }).toString();
  const { status, text } = await post(url, { address, body });
  if (status !== 200) {
    throw new Error(`Cannot get a token: ${url.hostname} answered ${status}${reasonIn(text)}`);
  }
  const { access_token: token, expires_in: seconds = 300 } = answer.parse(JSON.parse(text));
  return { token, expiresInMs: seconds * 1000 };
}

function post(
  url: URL,
  { address, body }: { address: string; body: string },
): Promise<{ status: number; text: string }> {
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
        if (text.length > ANSWER_BYTES_MAX) request.destroy(new Error("Cannot get a token: answer too long"));
      });
      response.on("end", () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    const timer = setTimeout(
      () =>
        request.destroy(
          Object.assign(new Error("Cannot get a token: no answer in time"), { code: "ETIMEDOUT" }),
        ),
      TIMEOUT_MS,
    );
    request.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.end(body);
  });
}

/** `: invalid_grant`, RFC 6749 5.2. */
function reasonIn(text: string): string {
  const reason = /"error"\s*:\s*"([a-z_]{1,40})"/.exec(text)?.[1];
  return reason === undefined ? "" : `: ${reason}`;
}
