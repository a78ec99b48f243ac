/** A taxpayer identification number: nine digits, and three to five of the branch, with or without lines between. */
const TIN = /^(\d{3})[- ]?(\d{3})[- ]?(\d{3})(?:[- ]?(\d{3,5}))?$/;

/** The number as it is written on documents, `123-456-789-00000`; null for what is none. */
export function parseTin(text: string): string | null {
  return TIN.exec(text.trim())?.slice(1).filter((part) => part !== undefined).join("-") ?? null;
}
