import { useEffect, useState } from "preact/hooks";

interface TourPointerProps {
  /** What the step points at. */
  selector: string;
  label: string;
}

/** Puts a ring around what the tour's step is about, and leads the eye and the keyboard there when asked. */
export default function TourPointer({ selector, label }: TourPointerProps) {
  const [isThere, setThere] = useState(false);
  useEffect(() => {
    const mark = () => {
      const target = document.querySelector<HTMLElement>(selector);
      for (const old of document.querySelectorAll(".tour-target")) {
        if (old !== target) old.classList.remove("tour-target");
      }
      target?.classList.add("tour-target");
      setThere(target !== null);
    };
    mark();
    // Live pages draw parts of themselves anew.
    const timer = setInterval(mark, 1_000);
    return () => clearInterval(timer);
  }, [selector]);
  if (!isThere) return null;

  function goThere() {
    const target = document.querySelector<HTMLElement>(selector);
    if (target === null) return;
    target.scrollIntoView({ block: "center" });
    const able = target.matches("a, button, summary, input")
      ? target
      : target.querySelector<HTMLElement>("a");
    able?.focus({ preventScroll: true });
  }

  return <button class="button button-small button-quiet" type="button" onClick={goThere}>{label}</button>;
}
