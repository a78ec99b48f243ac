import { useEffect, useState } from "preact/hooks";

interface StatementsProgressProps {
  /** Address that the statements of many bills come from. */
  action: string;
  texts: {
    label: string;
    /** `*` stands for how many are done, `#` for all of them. */
    done: string;
    failed: string;
  };
}

type Standing = { done: number; total: number } | "failed" | null;

/** What the file says of itself between two of its parts. */
const REMARK = /%printed (\d+) of (\d+)\n/g;

/**
 * Fetches a file of many statements and says how far it is. Without scripts the form is sent as any other and the
 * browser shows how much has arrived.
 */
export default function StatementsProgress({ action, texts }: StatementsProgressProps) {
  const [standing, setStanding] = useState<Standing>(null);
  useEffect(() => {
    const stop = new AbortController();
    document.getElementById("bulk")?.addEventListener("submit", (event) => {
      const { submitter } = event as SubmitEvent;
      const form = event.currentTarget as HTMLFormElement;
      if (submitter?.getAttribute("formaction") !== action) return;
      event.preventDefault();
      event.stopPropagation();
      setStanding({ done: 0, total: 0 });
      fetchFile(action, form, { onPart: setStanding, signal: stop.signal })
        .then(() => setStanding(null), () => setStanding(stop.signal.aborted ? null : "failed"));
    }, { signal: stop.signal });
    return () => stop.abort();
  }, [action]);
  if (standing === null) return null;
  if (standing === "failed") return <p class="text-bad" role="alert">{texts.failed}</p>;
  const { done, total } = standing;
  return (
    <div class="progress" role="status">
      <div class="progress-head">
        <span>{texts.label}</span>
        <span>{total > 0 && texts.done.replace("*", String(done)).replace("#", String(total))}</span>
      </div>
      <progress {...(total > 0 && { value: done, max: total })} aria-label={texts.label} />
    </div>
  );
}

interface Fetching {
  onPart(standing: { done: number; total: number }): void;
  signal: AbortSignal;
}

async function fetchFile(
  action: string,
  form: HTMLFormElement,
  { onPart, signal }: Fetching,
): Promise<void> {
  const body = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  const answer = await fetch(action, { method: "POST", body, signal });
  if (answer.headers.get("content-type") !== "application/pdf" || answer.body === null) {
    // A page that says what is missing, as the form would have led to.
    if (answer.redirected) location.href = answer.url;
    else if (answer.status === 403) sendPlainly(action, form);
    else throw new Error(`Cannot fetch the statements: the answer is ${answer.status}`);
    return;
  }
  const parts: BlobPart[] = [];
  const decoder = new TextDecoder("latin1");
  let tail = "";
  for await (const part of readParts(answer.body)) {
    parts.push(part);
    // A remark may come in two parts.
    const text = tail + decoder.decode(part);
    tail = text.slice(-60);
    const last = [...text.matchAll(REMARK)].at(-1);
    if (last !== undefined) onPart({ done: Number(last[1]), total: Number(last[2]) });
  }
  const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1];
  keep(new Blob(parts, { type: "application/pdf" }), name ?? "statements.pdf");
}

/** The page that it leads to asks something first, such as the password: the browser opens it by itself. */
function sendPlainly(action: string, form: HTMLFormElement): void {
  form.action = action;
  form.submit();
}

async function* readParts(body: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const reader = body.getReader();
  while (true) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function keep(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
