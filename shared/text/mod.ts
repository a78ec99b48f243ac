/** Text as people type and read it. */
export { compareSorted, fold, holdsText, sortKey } from "./fold.ts";
export { beginSentence, clip, clipWords } from "./graphemes.ts";
