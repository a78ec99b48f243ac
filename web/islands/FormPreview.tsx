import { useEffect } from "preact/hooks";

interface FormPreviewProps {
  /** Id of the form; it is sent with `intent=preview` while it is filled in. */
  form: string;
  /** Ids of the parts that follow; taken from the page that comes back. */
  regions: readonly string[];
  /** Fields whose placeholder follows. */
  placeholders: readonly string[];
}

const PAUSE_MS = 400;

/** Keeps the preview beside a form up to date: the server draws it, as it does for the Preview button. */
export default function FormPreview({ form: id, regions, placeholders }: FormPreviewProps) {
  useEffect(() => {
    const form = document.getElementById(id);
    if (!(form instanceof HTMLFormElement)) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let running: AbortController | null = null;
    async function look(filled: HTMLFormElement) {
      running?.abort();
      const asked = running = new AbortController();
      const fields = new URLSearchParams();
      for (const [name, value] of new FormData(filled)) {
        if (typeof value === "string") fields.append(name, value);
      }
      fields.set("intent", "preview");
      try {
        const answer = await fetch(filled.action, { method: "POST", body: fields, signal: asked.signal });
        if (!answer.ok || answer.redirected) return;
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const region of regions) replace(region, fresh);
        for (const name of placeholders) follow(filled, name, fresh);
      } catch (error) {
        // The next change asks again; the button works without this.
        if (!(error instanceof DOMException) && !(error instanceof TypeError)) throw error;
      }
    }
    function later(event: Event) {
      // The box that says "add anyway" is itself part of the preview.
      if (event.target instanceof HTMLInputElement && event.target.name === "accept") return;
      clearTimeout(timer);
      timer = setTimeout(() => void look(form as HTMLFormElement), PAUSE_MS);
    }
    form.addEventListener("input", later);
    return () => {
      clearTimeout(timer);
      running?.abort();
      form.removeEventListener("input", later);
    };
  }, []);
  return null;
}

/** Where nothing changed nothing moves, and a ticked box stays ticked. */
function replace(id: string, fresh: Document): void {
  const here = document.getElementById(id);
  const there = fresh.getElementById(id);
  if (here === null || there === null || here.dataset.drawn === there.innerHTML) return;
  const drawn = there.innerHTML;
  const isTicked = here.querySelector<HTMLInputElement>("input[name=accept]")?.checked === true;
  here.replaceChildren(...there.childNodes);
  here.dataset.drawn = drawn;
  const box = here.querySelector<HTMLInputElement>("input[name=accept]");
  if (box !== null && isTicked) box.checked = true;
}

function follow(form: HTMLFormElement, name: string, fresh: Document): void {
  const here = form.elements.namedItem(name);
  const there = fresh.querySelector<HTMLInputElement>(`#${form.id} [name="${name}"]`);
  if (here instanceof HTMLInputElement && there !== null) here.placeholder = there.placeholder;
}
