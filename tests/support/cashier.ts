import assert from "node:assert/strict";

/** One payment as a form sends it. */
export interface FormPayment {
  subscriberId: string;
  pesos: string;
  /** Made once per form: the same form sent twice is one payment. */
  key: string;
}

/**
 * Somebody at a counter whose browser sends the payment form again and again until it is answered, with the same key.
 * The session outlives every restart of the web.
 */
export class Cashier {
  readonly #base: string;
  readonly #cookie: string;
  readonly #csrf: string;
  /** Payment ids by key: what the web has said to stand in the books. */
  readonly acknowledged = new Map<string, string>();
  /** How often an answer was 503 or missing. */
  unanswered = 0;

  private constructor(base: string, cookie: string, csrf: string) {
    this.#base = base;
    this.#cookie = cookie;
    this.#csrf = csrf;
  }

  static async signIn(base: string, login: { email: string; password: string }): Promise<Cashier> {
    const answer = await fetch(`${base}/login`, {
      method: "POST",
      body: new URLSearchParams({ ...login }),
      headers: { origin: base },
      redirect: "manual",
    });
    await answer.body?.cancel();
    assert.equal(answer.status, 303, "signing in failed");
    const cookie = answer.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
    const page = await fetch(`${base}/admin/payments/new`, { headers: { cookie } });
    const csrf = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1];
    assert.ok(csrf !== undefined, "the page has no form token");
    return new Cashier(base, cookie, csrf);
  }

  /** Sends the form until it is accepted. Any refusal is a failure of the test. */
  async pay(payment: FormPayment, receivedOn: Temporal.PlainDate): Promise<void> {
    const fields = {
      intent: "post",
      key: payment.key,
      subscriber: payment.subscriberId,
      amount: payment.pesos,
      method: "cash",
      received: receivedOn.toString(),
    };
    while (true) {
      const answer = await this.send("/admin/payments/new", fields);
      if (answer !== null) {
        assert.equal(answer.status, 303, `the payment was answered with ${answer.status}: ${answer.text}`);
        const id = /\/admin\/payments\/([0-9a-f-]{36})\?done=posted/.exec(answer.location)?.[1];
        assert.ok(id !== undefined, answer.location);
        this.acknowledged.set(payment.key, id);
        return;
      }
      this.unanswered++;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Sends any form. Null when nobody answered, or with "try again". */
  async send(
    path: string,
    fields: Readonly<Record<string, string>>,
  ): Promise<{ status: number; location: string; text: string } | null> {
    try {
      const answer = await fetch(this.#base + path, {
        method: "POST",
        body: new URLSearchParams({ _csrf: this.#csrf, ...fields }),
        headers: { cookie: this.#cookie, origin: this.#base },
        redirect: "manual",
      });
      const text = (await answer.text()).replace(/<[^>]+>/g, " ").replace(/\s+/g, " ").slice(0, 300);
      if (answer.status === 503) return null;
      return { status: answer.status, location: answer.headers.get("location") ?? "", text };
    } catch (error) {
      // Refused, reset, or cut off in the middle of the answer.
      if (error instanceof TypeError) return null;
      throw error;
    }
  }
}
