/** Sent by a page that looks for news by itself. */
export const LIVE_HEADER = "x-linya-live";

/** Whether a page asks and not a person: such a request does not keep a session from idling out. */
export function isPassive(req: Request): boolean {
  return req.headers.has(LIVE_HEADER) || req.headers.get("accept") === "text/event-stream";
}
