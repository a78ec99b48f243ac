import { parseHTML } from "linkedom";

/** A form as a person fills it: by what its fields are called on the page. */
export interface FormChoice {
  /** Address that the form (or the button) posts to; the end of it is enough. */
  action: string | RegExp;
  /** Text of the button, when a form has several. */
  button?: string;
  /** Field name to value. An array ticks several boxes. */
  fields?: Readonly<Record<string, string | readonly string[]>>;
}

type Page = ReturnType<typeof parseHTML>["document"];

/**
 * A person with a browser that has scripts switched off: keeps cookies, follows redirects, sends forms with what they
 * hold plus what was typed. Knows nothing of the product but its pages.
 */
export class FormUser {
  readonly #base: string;
  readonly #cookies = new Map<string, string>();
  #page: Page | null = null;
  url = "/";
  status = 0;
  html = "";

  constructor(base: string) {
    this.#base = base;
  }

  /** Opens a page; redirects are followed. */
  async open(path: string): Promise<this> {
    await this.#request(path, { method: "GET" });
    return this;
  }

  /** Opens a page again and again until its text matches. */
  async openUntil(path: string, pattern: RegExp, timeoutMs = 15_000): Promise<RegExpMatchArray> {
    const deadline = performance.now() + timeoutMs;
    while (true) {
      await this.open(path);
      const match = this.text.match(pattern);
      if (match !== null) return match;
      if (performance.now() > deadline) throw this.#trouble(`the page never said ${pattern}`);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }

  /** Fills in and sends a form of this page. */
  async submit(choice: FormChoice): Promise<this> {
    const { form, button } = this.#find(choice);
    const values = new URLSearchParams();
    for (const [name, value] of currentValues(form)) {
      if (choice.fields === undefined || !Object.hasOwn(choice.fields, name)) values.append(name, value);
    }
    for (const [name, value] of Object.entries(choice.fields ?? {})) {
      const field = form.querySelector(`[name="${name}"]`) ??
        this.page.querySelector(`[name="${name}"][form="${form.id}"]`);
      if (field === null) {
        throw this.#trouble(`the form ${form.getAttribute("action")} has no field "${name}"`);
      }
      for (const one of [value].flat()) values.append(name, one);
    }
    const buttonName = button?.getAttribute("name");
    if (buttonName) values.set(buttonName, button?.getAttribute("value") ?? "");
    const action = button?.getAttribute("formaction") ?? form.getAttribute("action") ?? this.url;
    if ((form.getAttribute("method") ?? "get").toLowerCase() === "get") {
      await this.#request(`${action}?${values}`, { method: "GET" });
    } else {
      await this.#post(action, values);
    }
    return this;
  }

  /** Sends what no form of this page offers, with the token that the page has: what somebody tries who makes it up. */
  async send(path: string, fields: Readonly<Record<string, string>>): Promise<this> {
    const token = this.page.querySelector('[name="_csrf"]')?.getAttribute("value") ?? "";
    await this.#post(path, new URLSearchParams({ _csrf: token, ...fields }));
    return this;
  }

  /** Address of the first link whose text matches. */
  linkTo(text: RegExp): string {
    for (const link of this.page.querySelectorAll("a[href]")) {
      if (text.test(squeeze(link.textContent ?? ""))) return link.getAttribute("href") ?? "";
    }
    throw this.#trouble(`there is no link ${text}`);
  }

  get page(): Page {
    if (this.#page === null) throw new Error("Cannot read page: none was opened");
    return this.#page;
  }

  /** What a person reads on the page, spaces squeezed. */
  get text(): string {
    return squeeze(this.page.querySelector("body")?.textContent ?? "");
  }

  /** Fails unless the page is fine and says so. */
  expect(pattern: RegExp): RegExpMatchArray {
    const match = this.text.match(pattern);
    if (this.status >= 400 || match === null) throw this.#trouble(`the page does not say ${pattern}`);
    return match;
  }

  #find({ action, button }: FormChoice) {
    const fits = (address: string) =>
      typeof action === "string" ? address.endsWith(action) : action.test(address);
    for (const form of this.page.querySelectorAll("form")) {
      const buttons = [
        ...form.querySelectorAll("button"),
        ...(form.id ? this.page.querySelectorAll(`button[form="${form.id}"]`) : []),
      ].filter((candidate) => candidate.getAttribute("type") !== "button");
      const chosen = button === undefined
        ? buttons.find((candidate) => fits(candidate.getAttribute("formaction") ?? "")) ?? buttons[0]
        : buttons.find((candidate) => squeeze(candidate.textContent ?? "").includes(button));
      if (button !== undefined && chosen === undefined) continue;
      const address = chosen?.getAttribute("formaction") ?? form.getAttribute("action") ?? this.url;
      if (fits(address.split("?")[0] ?? "")) return { form, button: chosen };
    }
    throw this.#trouble(
      `there is no form to ${action}${button === undefined ? "" : ` with a button "${button}"`}`,
    );
  }

  async #post(path: string, values: URLSearchParams): Promise<void> {
    await this.#request(path, {
      method: "POST",
      body: values.toString(),
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "origin": this.#base,
        "sec-fetch-site": "same-origin",
      },
    });
  }

  async #request(path: string, init: RequestInit): Promise<void> {
    let next = new URL(path, this.#base + this.url);
    let current = init;
    for (let hop = 0; hop < 10; hop++) {
      const headers = new Headers(current.headers);
      if (this.#cookies.size > 0) {
        headers.set(
          "cookie",
          [...this.#cookies].map(([k, v]) => `${k}=${v}`).join("; "),
        );
      }
      const response = await fetch(next, { ...current, headers, redirect: "manual" });
      this.#keepCookies(response.headers.getSetCookie());
      const location = response.headers.get("location");
      if (location === null || response.status < 300 || response.status > 399) {
        this.url = next.pathname + next.search;
        this.status = response.status;
        this.html = await response.text();
        this.#page = parseHTML(this.html).document;
        return;
      }
      await response.body?.cancel();
      next = new URL(location, next);
      current = { method: "GET" };
    }
    throw new Error(`Cannot open ${path}: it redirects for ever`);
  }

  #keepCookies(lines: string[]): void {
    for (const line of lines) {
      const [pair = ""] = line.split(";");
      const [name = "", value = ""] = pair.split(/=(.*)/s);
      if (value === "" || /max-age=0/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }

  #trouble(what: string): Error {
    const page = this.text.slice(0, 600);
    return new Error(`Cannot go on at ${this.url} (${this.status}): ${what}. It says: ${page}`);
  }
}

function currentValues(form: Element): [string, string][] {
  const values: [string, string][] = [];
  for (const field of form.querySelectorAll("input[name], select[name], textarea[name]")) {
    const name = field.getAttribute("name") ?? "";
    const type = (field.getAttribute("type") ?? "").toLowerCase();
    if (field.hasAttribute("disabled")) continue;
    if ((type === "checkbox" || type === "radio") && !field.hasAttribute("checked")) continue;
    if (field.tagName === "SELECT") {
      const options = [...field.querySelectorAll("option")];
      const chosen = options.find((option) => option.hasAttribute("selected")) ?? options[0];
      if (chosen) values.push([name, chosen.getAttribute("value") ?? chosen.textContent ?? ""]);
    } else if (field.tagName === "TEXTAREA") {
      values.push([name, field.textContent ?? ""]);
    } else {
      values.push([name, field.getAttribute("value") ?? (type === "checkbox" ? "on" : "")]);
    }
  }
  return values;
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
