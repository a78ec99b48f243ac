import { startAuthentication, startRegistration } from "@simplewebauthn/browser";
import { useEffect, useState } from "preact/hooks";

interface PasskeyProps {
  /** Makes a new passkey, or asks one that there is. */
  kind: "new" | "known";
  /** Id of the form that is sent with what the passkey signed. */
  form: string;
  /** Its field for that. @default "passkey" */
  field?: string;
  /** Where the question for the passkey comes from. */
  options: string;
  /** Sent along with the question. */
  ask: Record<string, string>;
  /** Of the session; empty where there is none. */
  csrfToken: string;
  label: string;
  words: {
    /** The person changed their mind, or took too long. */
    stopped: string;
    /** This passkey is one of theirs already. */
    known: string;
    failed: string;
  };
}

/** Asks the browser for a passkey and sends the form with its answer. Shown only where scripts run. */
export default function Passkey(props: PasskeyProps) {
  const [state, setState] = useState<"off" | "ready" | "asking">("off");
  const [problem, setProblem] = useState("");
  useEffect(() => setState("ready"), []);
  if (state === "off" || !("PublicKeyCredential" in globalThis)) return null;
  async function ask() {
    setState("asking");
    setProblem("");
    try {
      send(props, JSON.stringify(await answerOf(props)));
    } catch (error) {
      setProblem(wordsFor(error, props.words));
      setState("ready");
    }
  }
  return (
    <>
      <button
        class="button button-primary button-wide"
        type="button"
        data-passkey
        disabled={state === "asking"}
        onClick={() => void ask()}
      >
        {props.label}
      </button>
      {problem !== "" && <div class="error" role="alert">{problem}</div>}
    </>
  );
}

async function answerOf({ kind, form, options, ask, csrfToken }: PasskeyProps): Promise<unknown> {
  const filled = document.getElementById(form);
  if (filled instanceof HTMLFormElement && !filled.reportValidity()) throw new DOMException("", "AbortError");
  const answer = await fetch(options, {
    method: "POST",
    headers: { "content-type": "application/json", "x-csrf-token": csrfToken },
    body: JSON.stringify(ask),
  });
  if (answer.status === 403) {
    // It was too long ago that the person proved who they are, or the page is too old: opened anew, it asks.
    location.reload();
    throw new DOMException("", "AbortError");
  }
  if (!answer.ok || answer.redirected) {
    throw new TypeError(`Cannot ask a passkey: the answer was ${answer.status}`);
  }
  const optionsJSON = await answer.json();
  return kind === "new"
    ? await startRegistration({ optionsJSON })
    : await startAuthentication({ optionsJSON });
}

function send({ form: id, field: name = "passkey" }: PasskeyProps, signed: string): void {
  const form = document.getElementById(id);
  if (!(form instanceof HTMLFormElement)) return;
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement) field.value = signed;
  form.submit();
}

function wordsFor(error: unknown, words: PasskeyProps["words"]): string {
  if (!(error instanceof Error)) return words.failed;
  if (error.name === "InvalidStateError") return words.known;
  return error.name === "NotAllowedError" || error.name === "AbortError" ? words.stopped : words.failed;
}
