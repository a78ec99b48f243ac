/** What is asked of the books every night, by the names of the reliability notes; the words are in `web/messages`. */
export const BOOK_CHECKS = [
  "M1",
  "M2",
  "M3",
  "M4",
  "M5",
  "M6",
  "M10",
  "a",
  "b",
  "c",
  "d",
  "e",
  "f",
  "h",
] as const;

/** One rule of the books. */
export type BookCheck = (typeof BOOK_CHECKS)[number];

/** The rules that a finding is about: `M3, c` is both; null for a name that this version does not know. */
export function bookChecksOf(name: string): BookCheck[] | null {
  const parts = name.split(", ");
  const known = BOOK_CHECKS.filter((check) => parts.includes(check));
  return known.length === parts.length ? known : null;
}
