import { useEffect } from "preact/hooks";

interface MailFormProps {
  /** Id of the form. */
  form: string;
  /** Ids of the parts that follow a test; taken from the page that comes back. */
  regions: readonly string[];
  /** What the button says meanwhile. */
  busy: string;
}

const BY_PORT: Readonly<Record<string, string>> = {
  "25": "starttls",
  "587": "starttls",
  "2525": "starttls",
  "2587": "starttls",
  "465": "tls",
  "2465": "tls",
};

/**
 * Tests the mail server without leaving the form, so that a typed password stays in it, and chooses the encryption by the
 * port. Without it the form is sent as any other.
 */
export default function MailForm({ form: id, regions, busy }: MailFormProps) {
  useEffect(() => {
    const form = document.getElementById(id);
    if (!(form instanceof HTMLFormElement)) return;
    const ending = new AbortController();
    const { signal } = ending;
    form.addEventListener("input", (event) => followPort(form, event.target), { signal });
    form.addEventListener("submit", (event) => {
      const button = event.submitter;
      if (!(button instanceof HTMLButtonElement) || button.name !== "intent" && button.name !== "switchTo") {
        return;
      }
      event.preventDefault();
      void test(form, button, { regions, busy, signal });
    }, { signal });
    return () => ending.abort();
  }, []);
  return null;
}

function followPort(form: HTMLFormElement, changed: EventTarget | null): void {
  const port = form.elements.namedItem("port");
  const encryption = form.elements.namedItem("encryption");
  if (changed !== port || !(port instanceof HTMLInputElement) || !(encryption instanceof HTMLSelectElement)) {
    return;
  }
  encryption.value = BY_PORT[port.value.trim()] ?? "by_port";
}

async function test(
  form: HTMLFormElement,
  button: HTMLButtonElement,
  { regions, busy, signal }: Pick<MailFormProps, "regions" | "busy"> & { signal: AbortSignal },
): Promise<void> {
  if (form.getAttribute("aria-busy") === "true") return;
  const encryption = form.elements.namedItem("encryption");
  if (button.name === "switchTo" && encryption instanceof HTMLSelectElement) encryption.value = button.value;
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.append(name, value);
  fields.set("intent", "preview");
  const said = button.textContent;
  form.setAttribute("aria-busy", "true");
  button.textContent = busy;
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields, signal });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    // Another page, such as the one to sign in: it is opened as the browser does by itself.
    if (answer.redirected || fresh.getElementById(form.id) === null) return sendPlainly(form);
    for (const region of regions) {
      document.getElementById(region)?.replaceChildren(...fresh.getElementById(region)?.childNodes ?? []);
    }
    document.getElementById("mail-trial")?.scrollIntoView({ block: "nearest" });
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof TypeError)) throw error;
    sendPlainly(form);
  } finally {
    form.removeAttribute("aria-busy");
    button.textContent = said;
  }
}

function sendPlainly(form: HTMLFormElement): void {
  const intent = document.createElement("input");
  intent.type = "hidden";
  intent.name = "intent";
  intent.value = "preview";
  form.append(intent);
  form.submit();
}
