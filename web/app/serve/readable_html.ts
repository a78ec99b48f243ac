import { holdsEscapedBytes, readableText } from "@/shared/text/mod.ts";

/** What people see of a tag. Other attributes hold what is sent back, which stays as it is. */
const SEEN = /( (?:title|aria-label|alt|placeholder|label|data-label)=")([^"]*)"/g;
/**
 * A script with what it holds, a tag, or the text up to the next one. Quoted values may hold a ">". Whatever is not
 * closed goes up to the end, so that nothing is read twice.
 */
const PIECES = /<script\b[^]*?(?:<\/script>|$)|<(?:[^>"]|"[^"]*"?)*>?|[^<]+/g;

/**
 * A page as people read it: a name that a router holds in a code page shows its letters, wherever it stands, while the
 * values of forms keep the exact name. Here, because every page passes, and not one of them has to think of it.
 */
export function readableHtml(html: string): string {
  if (!holdsEscapedBytes(html)) return html;
  let isTyped = false;
  return html.replace(PIECES, (piece) => {
    const isTag = piece.startsWith("<");
    const isExact = isTag ? piece.startsWith("<script") : isTyped;
    // What a text area holds is its value.
    if (isTag) isTyped = piece.startsWith("<textarea");
    if (isExact || !holdsEscapedBytes(piece)) return piece;
    if (!isTag) return readableText(piece);
    return piece.replace(SEEN, (_, name: string, value: string) => `${name}${readableText(value)}"`);
  });
}
