import { holdsEscapedBytes, readableText } from "@/shared/text/mod.ts";

/** What people see of a tag. Other attributes hold what is sent back, which stays as it is. */
const SEEN = /( (?:title|aria-label|alt|placeholder|label)=")([^"]*)"/g;
/** A script with what it holds, a tag, or the text up to the next one. Quoted values may hold a ">". */
const PIECES = /<script\b[^]*?<\/script>|<(?:[^>"]|"[^"]*")*>|[^<]+/g;

/**
 * A page as people read it: a name that a router holds in a code page shows its letters, wherever it stands, while the
 * values of forms keep the exact name. Here, because every page passes, and not one of them has to think of it.
 */
export function readableHtml(html: string): string {
  if (!holdsEscapedBytes(html)) return html;
  return html.replace(PIECES, (piece) => {
    if (!holdsEscapedBytes(piece) || piece.startsWith("<script")) return piece;
    if (!piece.startsWith("<")) return readableText(piece);
    return piece.replace(SEEN, (_, name: string, value: string) => `${name}${readableText(value)}"`);
  });
}
