/**
 * The address in the last hop of an X-Forwarded-For header, the one that the proxy in front of us wrote; null when there
 * is none. Without the port that some proxies add, which would make every connection somebody else's.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(forwardedAddress("203.0.113.9, [2001:db8::7]:4711"), "2001:db8::7");
 * assert.equal(forwardedAddress(null), null);
 * ```
 */
export function forwardedAddress(header: string | null | undefined): string | null {
  const hop = header?.split(",").at(-1)?.trim() ?? "";
  const [, bracketed, plain] = /^\[([^\]]+)\](?::\d+)?$|^(\d+(?:\.\d+){3})(?::\d+)?$/.exec(hop) ?? [];
  const address = bracketed ?? plain ?? hop;
  return /^[0-9A-Fa-f.:]{2,45}$/.test(address) ? address : null;
}
