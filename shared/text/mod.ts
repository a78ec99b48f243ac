/** Text as people type and read it. */
export {
  bytesOfText,
  holdsEscapedBytes,
  isCodePageText,
  readableText,
  storableText,
  textOfBytes,
} from "./bytes_text.ts";
export { compareSorted, fold, holdsText, sortKey } from "./fold.ts";
export { beginSentence, clip, clipWords } from "./graphemes.ts";
