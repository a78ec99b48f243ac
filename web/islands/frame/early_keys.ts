import type { Stroke, StrokeHandler } from "./shortcuts.ts";

/** What the search is opened with. */
export interface FindDetail {
  words: string;
  /** Enter was pressed behind the words. */
  isEntered: boolean;
}

/** Strokes after which the page stays as it is. */
const STAYS = ["j", "k", "x", "g"];

/**
 * Does now what was typed before the scripts were ready; `web/app/frame/early_keys.ts` has kept it. A `/` takes everything behind
 * it into the search; a letter that leads away ends it.
 */
export function replayStrokes(handle: StrokeHandler): void {
  const { takeEarlyStrokes } = globalThis as { takeEarlyStrokes?: () => Stroke[] };
  const strokes = takeEarlyStrokes?.() ?? [];
  for (const [index, stroke] of strokes.entries()) {
    if (stroke.key === "/") {
      const detail = wordsOf(strokes.slice(index + 1));
      return void document.dispatchEvent(new CustomEvent("linya:find", { detail }));
    }
    // The browser would follow the link that has the focus by now.
    if (stroke.key === "Enter" && document.activeElement instanceof HTMLAnchorElement) {
      return document.activeElement.click();
    }
    if (handle(stroke) && !STAYS.includes(stroke.key)) return;
  }
}

function wordsOf(strokes: readonly Stroke[]): FindDetail {
  let words = "";
  for (const { key } of strokes) {
    if (key === "Enter") return { words, isEntered: true };
    words = key === "Backspace" ? words.slice(0, -1) : words + key;
  }
  return { words, isEntered: false };
}
