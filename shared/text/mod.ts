/** Text as people type and read it. */
export { compareSorted, fold, holdsText, sortKey } from "./fold.ts";
export { clip, clipWords } from "./graphemes.ts";
