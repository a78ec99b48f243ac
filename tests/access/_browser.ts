import type { WebApp } from "@/tests/support/web_app.ts";

const BASE = "http://linya.test";

/** What a browser got. */
export interface BrowserAnswer {
  status: number;
  location: string;
  html: string;
  headers: Headers;
}

/** A browser that keeps its cookies. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  constructor(
    readonly app: WebApp,
    readonly userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
  ) {}

  /** Of the session; empty without one. */
  get session(): string {
    return this.#cookies.get("linya") ?? "";
  }

  /** Asks for a page, or sends a form without a token. */
  async send(
    path: string,
    fields?: Record<string, string | string[]>,
    headers: Record<string, string> = {},
  ): Promise<BrowserAnswer> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const form = fields && new URLSearchParams(
      Object.entries(fields).flatMap(([name, values]) => [values].flat().map((value) => [name, value])),
    );
    const response = await this.app.handler(
      new Request(BASE + path, {
        headers: { origin: BASE, cookie, "user-agent": this.userAgent, ...headers },
        ...(form && { method: "POST", body: form }),
      }),
    );
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return {
      status: response.status,
      location: response.headers.get("location")?.replace(BASE, "") ?? "",
      html: await response.text(),
      headers: response.headers,
    };
  }

  /** Sends a form with the token of this session. */
  async post(path: string, fields: Record<string, string | string[]>): Promise<BrowserAnswer> {
    return await this.send(path, { _csrf: await this.token(), ...fields });
  }

  async token(): Promise<string> {
    const { html } = await this.send("/admin/settings/me");
    return /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? "";
  }

  #keep(line: string): void {
    const [name = "", value = ""] = line.split(";")[0]!.split("=", 2);
    if (value === "") this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

/** The fields that stand hidden in the form of a page that is sent to an address, as a browser would send them. */
export function hiddenFields(html: string, action: string): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  const form = html.split("<form").find((part) => part.includes(`action="${action}"`)) ?? "";
  for (
    const [, name, value] of form.split("</form>")[0]!.matchAll(
      /<input\s+type="hidden" name="([^"]+)" value="([^"]*)"/g,
    )
  ) {
    const text = value!.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&#39;", "'")
      .replaceAll("&amp;", "&");
    (fields[name!] ??= []).push(text);
  }
  return fields;
}
