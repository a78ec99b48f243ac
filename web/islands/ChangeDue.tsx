import { useEffect, useState } from "preact/hooks";
import { centavos, formatPeso, parsePeso } from "@/shared/money/mod.ts";

interface ChangeDueProps {
  /** `*` stands for the amount. */
  texts: { change: string; short: string };
}

/** What to give back, while the cashier types what was handed over. Without scripts the receipt says it. */
export default function ChangeDue({ texts }: ChangeDueProps) {
  const [words, setWords] = useState<{ text: string; isShort: boolean } | null>(null);
  useEffect(() => {
    const form = document.getElementById("f-tendered")?.closest("form");
    if (!form) return;
    const look = () => setWords(wordsOf(new FormData(form), texts));
    look();
    form.addEventListener("input", look);
    return () => form.removeEventListener("input", look);
  }, []);
  return (
    <div role="status">
      {words !== null && <p class={words.isShort ? "change-due is-short" : "change-due"}>{words.text}</p>}
    </div>
  );
}

function wordsOf(form: FormData, { change, short }: ChangeDueProps["texts"]) {
  const [amount, tendered] = ["amount", "tendered"].map((name) => parsePeso(String(form.get(name) ?? "")));
  if (form.get("method") !== "cash" || !amount?.ok || !tendered?.ok) return null;
  const left = tendered.value - amount.value;
  const isShort = left < 0n;
  const size = formatPeso(centavos(isShort ? -left : left));
  return { isShort, text: (isShort ? short : change).replace("*", size) };
}
