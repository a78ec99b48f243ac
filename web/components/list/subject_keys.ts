/** Letters that act on one thing: `p` posts a payment for it, `h` holds it, `e` opens its form. */
export type SubjectKey = "p" | "h" | "e";

/** Where the letters lead for one row, card or page; a letter that is left out does nothing there. */
export type SubjectKeys = Partial<Record<SubjectKey, string | false | null>>;

/** The attributes that the frame's script reads: of a table row, a card, or the header of a page of one thing. */
export function subjectAttributes(keys: SubjectKeys | undefined): Record<string, string> {
  if (keys === undefined) return {};
  const pairs = Object.entries(keys).filter((pair): pair is [string, string] => !!pair[1]);
  return {
    "data-subject": "",
    ...Object.fromEntries(pairs.map(([key, href]) => [`data-on-${key}`, href])),
  };
}
