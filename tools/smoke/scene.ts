import { ROUTER_LOGIN, type Stack } from "../stack/mod.ts";
import { FormUser } from "./form_user.ts";
import {
  addSecretByHand,
  disableSecretByHand,
  openBooks,
  readRouter,
  type RouterLogin,
  type RouterReading,
} from "./witness.ts";

/** Name of the router that the run connects. */
export const ROUTER = "Smoke-Core";

/** What the run learns on its way. */
export class Scene {
  user: FormUser;
  /** Whom the owner invited; nobody before. */
  invited: FormUser | null = null;
  books: Awaited<ReturnType<typeof openBooks>> | null = null;
  setupCode = "";
  sitePath = "";
  routerBefore: RouterReading | null = null;
  cut: { name: string; subscriber: string; owed: string }[] = [];
  held = "";

  constructor(readonly stack: Stack) {
    this.user = new FormUser(stack.url);
  }

  sql(text: string, values: unknown[] = []) {
    if (this.books === null) throw new Error("Cannot ask the books: PostgreSQL is not started");
    return this.books.one(text, values);
  }

  rows(text: string, values: unknown[] = []) {
    if (this.books === null) throw new Error("Cannot ask the books: PostgreSQL is not started");
    return this.books.list(text, values);
  }

  router(): Promise<RouterReading> {
    return readRouter(this.#routerLogin());
  }

  /** Adds a secret to the router as an admin does. */
  addSecret(secret: Record<string, string>): Promise<void> {
    return addSecretByHand(this.#routerLogin(), secret);
  }

  /** Disables a secret on the router as an admin does. */
  disableSecret(name: string): Promise<void> {
    return disableSecretByHand(this.#routerLogin(), name);
  }

  #routerLogin(): RouterLogin {
    const sim = this.stack.sims.get(ROUTER);
    if (sim === undefined) throw new Error(`Cannot reach router: there is no ${ROUTER}`);
    return { host: sim.host, port: sim.port, ...ROUTER_LOGIN };
  }
}

/** Posts what a subscriber owes, by the form. */
export async function postPayment(scene: Scene, subscriberId: string): Promise<void> {
  const { user } = scene;
  await user.open(`/admin/payments/new?subscriber=${subscriberId}`);
  await user.submit({ action: "/admin/payments/new", button: "Post", fields: { method: "cash" } });
  user.expect(/RCPT-\d+/);
}
