/**
 * An address of ours that somebody may be sent to, or null. It is read as a browser reads it, which drops tabs and line
 * breaks and takes a backslash for a slash: `/<tab>/evil.example` is another site.
 */
export function ownPath(text: string): string | null {
  if (!text.startsWith("/") || !URL.canParse(text, NOWHERE)) return null;
  const url = new URL(text, NOWHERE);
  // What is kept must mean the same when it is read again.
  const path = url.pathname + url.search + url.hash;
  return url.origin === NOWHERE && !path.startsWith("//") ? path : null;
}

/** Any origin: an address that stays on it is ours. */
const NOWHERE = "http://own.invalid";
