import type { IncomingMessage } from "node:http";
import type { RequestBody } from "./request_body.ts";

/** These may not be made into a request, and nothing here takes them. */
export const FORBIDDEN_METHODS = new Set(["CONNECT", "TRACE", "TRACK"]);

/** The Fetch API's request of a node:http one; null when its address or method is none. */
export function toRequest(incoming: IncomingMessage, body: RequestBody | null): Request | null {
  const address = addressOf(incoming);
  const { method = "GET" } = incoming;
  if (address === null || FORBIDDEN_METHODS.has(method)) return null;
  const headers = new Headers();
  const { rawHeaders } = incoming;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "");
  }
  return new Request(address, { method, headers, body: body?.stream ?? null });
}

/** True when the request announces a body. */
export function hasBody({ headers, method }: IncomingMessage): boolean {
  if (method === "GET" || method === "HEAD") return false;
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** A path behind the Host header; a whole address (as to a proxy) stands for itself. Anything else is refused. */
function addressOf({ url = "/", headers }: IncomingMessage): string | null {
  const { host = "" } = headers;
  // Whatever is no host would move into the path, the query or a user name.
  if (/[\/@?#\\]/.test(host)) return null;
  const address = url.startsWith("/") ? `http://${host}${url}` : url;
  if (!/^http:\/\/[^/@]+(\/|$)/i.test(address) || !URL.canParse(address)) return null;
  return address;
}
