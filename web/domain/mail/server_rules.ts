import { err, ok, type Result } from "@/shared/result.ts";
import { asciiDomain } from "./address.ts";
import { isIpAddress, isPublicAddress, MAIL_PORTS } from "./host_rules.ts";

/** The most characters and the largest numbers of a mail server's settings. */
export const MAIL_MAX = {
  host: 253,
  username: 320,
  password: 500,
  clientId: 500,
  clientSecret: 500,
  refreshToken: 4000,
  tokenUrl: 500,
  fromName: 100,
  address: 254,
  perHour: 1_000_000,
  perDay: 1_000_000,
} as const;

/** What the port says about the encryption; null where it says nothing. */
export function encryptionOfPort(port: number): "starttls" | "tls" | null {
  if (port === 465 || port === 2465) return "tls";
  return [25, 587, 2525, 2587].includes(port) ? "starttls" : null;
}

export type HostProblem = "mail_host_is_address" | "mail_host_has_port" | "mail_host_invalid";

/** Reads the name or address of a mail server: without scheme, port, path or login. */
export function parseMailHost(typed: string): Result<string, HostProblem> {
  const text = typed.trim();
  if (text.includes("/") || text.includes("@")) return err("mail_host_is_address");
  if (isIpAddress(text)) return ok(text.toLowerCase());
  if (/^[^:]+:\d*$/.test(text)) return err("mail_host_has_port");
  const domain = asciiDomain(text.replace(/\.$/, ""));
  if (domain !== null) return ok(domain.toLowerCase());
  // A name of the own network, without dots.
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(text) && !/^\d+$/.test(text)
    ? ok(text.toLowerCase())
    : err("mail_host_invalid");
}

/** Hosts that give tokens to whom an installation for many ISPs asks; elsewhere they are asked over the same network. */
const TOKEN_HOSTS =
  /^(oauth2\.googleapis\.com|login\.microsoftonline\.(com|us)|accounts\.zoho\.(com|eu|in|jp|com\.au))$/;

export type PlaceProblem = "mail_port_not_allowed" | "mail_host_not_public" | "mail_token_url_not_allowed";

/**
 * What an installation for many ISPs does not reach for one of them (SSRF). A name is looked up when it is connected to,
 * and asked about again then.
 */
export function checkPublicPlace(
  { host, port, tokenUrl }: { host: string; port: number; tokenUrl: string | null },
): Result<null, PlaceProblem> {
  if (!MAIL_PORTS.includes(port)) return err("mail_port_not_allowed");
  const isLocalName = !host.includes(".") && !host.includes(":");
  if (isLocalName || isIpAddress(host) && !isPublicAddress(host)) return err("mail_host_not_public");
  const tokenHost = tokenUrl === null ? null : URL.parse(tokenUrl);
  const isKnown = tokenHost === null || TOKEN_HOSTS.test(tokenHost.hostname) && tokenHost.port === "";
  return isKnown ? ok(null) : err("mail_token_url_not_allowed");
}
