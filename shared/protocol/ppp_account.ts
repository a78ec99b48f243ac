/**
 * Services of a PPP account that Linya may manage, in RouterOS' words. A secret for `any` service is none of its own: it
 * lets PPPoE in and is managed as the PPPoE account of its name.
 */
export const PPP_SERVICES = ["pppoe", "l2tp", "pptp", "sstp", "ovpn", "async"] as const;
export type PppService = typeof PPP_SERVICES[number];

/** What an account is when nothing says otherwise, as in every message and journal from before services were told apart. */
export const DEFAULT_PPP_SERVICE = "pppoe";

/** Who an account of a router is: RouterOS lets one name stand once for each service, with a password of its own. */
export interface PppAccount {
  service: PppService;
  name: string;
}

const SEPARATOR = "//";

/** The longest key of a name of `nameLength` letters. */
export function maxAccountKeyLength(nameLength: number): number {
  return Math.max(...PPP_SERVICES.map((service) => service.length)) + SEPARATOR.length + nameLength;
}

/**
 * One text for an account, by which journals, permits and reports name it: the bare name of a PPPoE account, so that what
 * an older agent says and what is stored stay true; `l2tp//juan` for another service. A PPPoE name that reads like such
 * a key is written out as well, so that no two accounts share one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { accountKey } from "@/shared/protocol/mod.ts";
 *
 * assert.equal(accountKey({ service: "pppoe", name: "juan" }), "juan");
 * assert.equal(accountKey({ service: "l2tp", name: "juan" }), "l2tp//juan");
 * assert.equal(accountKey({ service: "pppoe", name: "l2tp//juan" }), "pppoe//l2tp//juan");
 * ```
 */
export function accountKey({ service, name }: PppAccount): string {
  const isBare = service === DEFAULT_PPP_SERVICE && splitKey(name) === null;
  return isBare ? name : `${service}${SEPARATOR}${name}`;
}

/** The same of a row of a message, where a service that is not said is PPPoE. */
export function keyOfSecret({ name, service }: { name: string; service?: PppService | undefined }): string {
  return accountKey({ service: service ?? DEFAULT_PPP_SERVICE, name });
}

/** The account of a key. */
export function accountOfKey(key: string): PppAccount {
  return splitKey(key) ?? { service: DEFAULT_PPP_SERVICE, name: key };
}

/** Whether a word of RouterOS is a service that Linya may manage. */
export function isPppService(word: string): word is PppService {
  return (PPP_SERVICES as readonly string[]).includes(word);
}

function splitKey(text: string): PppAccount | null {
  const at = text.indexOf(SEPARATOR);
  const service = text.slice(0, Math.max(at, 0));
  return isPppService(service) ? { service, name: text.slice(at + SEPARATOR.length) } : null;
}
