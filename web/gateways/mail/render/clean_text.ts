import { clip } from "@/shared/text/graphemes.ts";

/** Control characters and line ends, and marks that turn the reading direction of what follows. */
// deno-lint-ignore no-control-regex -- they are what is taken out
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Text of others as one line: a name with a line end in it begins no header and no paragraph. */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(UNSEEN, " ").replace(/\s+/g, " ").trim();
}

/** Text of several lines, each of them clean. */
export function cleanLines(text: string): string[] {
  return text.replaceAll("\r\n", "\n").split(/[\n\r\u2028\u2029]/).map(oneLine);
}

/** Paragraphs are apart by empty lines; within one the lines stay. */
export function paragraphsOf(text: string): string[][] {
  const paragraphs: string[][] = [];
  let open: string[] = [];
  for (const line of [...cleanLines(text), ""]) {
    if (line !== "") open.push(line);
    else if (open.length > 0) {
      paragraphs.push(open);
      open = [];
    }
  }
  return paragraphs;
}

const SUBJECT_MAX = 200;

/** A subject is one line, and no longer than what is shown of it. */
export function subjectOf(text: string): string {
  return clip(oneLine(text), SUBJECT_MAX);
}
