/** A stored name as it may stand in a header: somebody pasted it with its line break, and gets mail all the same. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").replace(/ {2,}/g, " ").trim();
}
