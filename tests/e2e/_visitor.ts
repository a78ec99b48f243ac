import assert from "node:assert/strict";

/** What came back. */
export interface Answer {
  status: number;
  location: string;
  html: string;
  headers: Headers;
}

/** Somebody who speaks plain HTTP: a browser without scripts, or an attacker. */
export class Visitor {
  constructor(readonly base: string, readonly cookie: string = "") {}

  /** Signs in with the login form. */
  static async signIn(base: string, login: { email: string; password: string }): Promise<Visitor> {
    const answer = await new Visitor(base).post("/login", login);
    assert.equal(answer.status, 303, `signing in was answered with ${answer.status}`);
    const cookie = answer.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
    return new Visitor(base, cookie);
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send("GET", path, { headers });
  }

  post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    const body = new URLSearchParams(fields);
    return this.send("POST", path, { body, headers: { origin: this.base, ...headers } });
  }

  /** A form token of this session, from any page with a form. */
  async token(path = "/admin/plans"): Promise<string> {
    const { html } = await this.get(path);
    return /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? "";
  }

  async send(
    method: string,
    path: string,
    init: { body?: BodyInit; headers?: Record<string, string> },
  ): Promise<Answer> {
    const response = await fetch(this.base + path, {
      method,
      redirect: "manual",
      headers: { ...(this.cookie === "" ? {} : { cookie: this.cookie }), ...init.headers },
      ...(init.body === undefined ? {} : { body: init.body }),
    });
    const { status, headers } = response;
    const location = headers.get("location") ?? "";
    if (headers.get("content-type")?.startsWith("text/event-stream")) {
      // It would go on for ever.
      await response.body?.cancel();
      return { status, headers, location, html: "" };
    }
    return { status, headers, location, html: await bodyOf(response) };
  }
}

/** An event stream has no end to wait for. */
async function bodyOf(response: Response): Promise<string> {
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) return await response.text();
  await response.body?.cancel();
  return "";
}
