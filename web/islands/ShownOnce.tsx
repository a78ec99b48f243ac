import { useEffect, useState } from "preact/hooks";

interface ShownOnceProps {
  /** Id of the element that holds the text. It stands in the page and not in the island's data, which is kept longer. */
  target: string;
  words: { copy: string; copied: string };
}

/** Copies a text that is shown once, and takes it out of the page when the page is left: the way back finds nothing. */
export default function ShownOnce({ target, words }: ShownOnceProps) {
  const [state, setState] = useState<"off" | "ready" | "copied">("off");
  useEffect(() => {
    setState("ready");
    function wipe() {
      document.getElementById(target)?.replaceChildren();
    }
    addEventListener("pagehide", wipe);
    return () => removeEventListener("pagehide", wipe);
  }, []);
  async function copy() {
    const text = document.getElementById(target)?.textContent ?? "";
    await navigator.clipboard.writeText(text);
    setState("copied");
  }
  if (state === "off" || !("clipboard" in navigator)) return null;
  return (
    <button class="button" type="button" onClick={() => void copy()} aria-live="polite">
      {state === "copied" ? words.copied : words.copy}
    </button>
  );
}
