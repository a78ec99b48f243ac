/**
 * Keeps what is typed before the frame's script is ready: `takeEarlyStrokes` hands it over (`islands/frame/early_keys.ts`).
 * From `/` on the letters are those of a search; Enter behind other letters opens the row that they lead to. Where the
 * script never comes the words go into the search box of the page, which finds without scripts. Inline, at the top of the
 * document: a file would come too late.
 */
export const EARLY_KEYS = `(() => {
  const PATIENCE_MS = 5000;
  let strokes = [];
  let isFinding = false;
  let timer;
  const isTyping = (target) => target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select"));
  const keep = (event) => {
    const { key, timeStamp } = event;
    const isFind = key === "/" || (event.ctrlKey || event.metaKey) && key.toLowerCase() === "k";
    const isHeld = event.ctrlKey || event.metaKey || event.altKey;
    if (event.isComposing || isTyping(event.target) || isHeld && !isFind || isFind && event.altKey) return;
    if (key === "Escape") return forget();
    const opensRow = key === "Enter" && strokes.length > 0 && event.target === document.body;
    if (key.length > 1 && !opensRow && !(isFinding && (key === "Enter" || key === "Backspace"))) return;
    const opens = isFind && !isFinding;
    if (opens) {
      isFinding = true;
      timer = setTimeout(useBox, PATIENCE_MS);
    }
    if (isFinding) event.preventDefault();
    strokes.push({ key: opens ? "/" : key, timeStamp });
  };
  const forget = () => {
    const kept = strokes;
    strokes = [];
    isFinding = false;
    clearTimeout(timer);
    return kept;
  };
  const useBox = () => {
    const box = document.getElementById("global-search");
    const typed = forget();
    removeEventListener("keydown", keep, true);
    if (box === null) return;
    let words = "";
    for (const { key } of typed.slice(typed.findIndex(({ key }) => key === "/") + 1)) {
      if (key === "Enter") {
        box.value = words;
        return box.form.requestSubmit();
      }
      words = key === "Backspace" ? words.slice(0, -1) : words + key;
    }
    box.value = words;
    box.focus();
  };
  addEventListener("keydown", keep, true);
  globalThis.takeEarlyStrokes = () => {
    removeEventListener("keydown", keep, true);
    return forget();
  };
})();`.replace(/\n\s*/g, " ");
