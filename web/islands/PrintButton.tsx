import { useEffect, useRef, useState } from "preact/hooks";

/** Prints the page. Shown only where scripts run, and focused: Enter prints. */
export default function PrintButton({ label }: { label: string }) {
  const [isReady, setReady] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => setReady(true), []);
  useEffect(() => button.current?.focus({ preventScroll: true }), [isReady]);
  if (!isReady) return null;
  return (
    <button ref={button} class="button" type="button" onClick={() => globalThis.print()}>
      {label}
    </button>
  );
}
