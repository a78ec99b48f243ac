/** Under which names a port may be asked for. */
export interface KnownHosts {
  /** Names and addresses from the settings. */
  names: readonly string[];
  /** The addresses of this machine at this moment; people in the office may type one of them. */
  ownAddresses: () => readonly string[];
}

/**
 * Whether a request may come under this host name. A name that is not ours is a stranger's page that leads its visitors
 * here (DNS rebinding), or a proxy that was set up wrongly. Loopback is always ours: nobody else reaches it.
 *
 * @param hostname as `URL.hostname` gives it, without a port
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const hosts = { names: ["linya.example"], ownAddresses: () => ["192.168.1.5"] };
 * assert.equal(isKnownHost("linya.example", hosts), true);
 * assert.equal(isKnownHost("stranger.example", hosts), false);
 * ```
 */
export function isKnownHost(hostname: string, { names, ownAddresses }: KnownHosts): boolean {
  const host = plainHost(hostname);
  if (host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host)) return true;
  if (names.some((name) => plainHost(name) === host)) return true;
  return isAddress(host) && ownAddresses().some((address) => plainHost(address) === host);
}

/** True for an IP address: it leads to the machine that has it, whoever wrote it. */
export function isAddress(hostname: string): boolean {
  const host = plainHost(hostname);
  return host.includes(":") || /^\d{1,3}(\.\d{1,3}){3}$/.test(host);
}

function plainHost(hostname: string): string {
  return hostname.toLowerCase().replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "").replace(/%.*$/, "");
}
