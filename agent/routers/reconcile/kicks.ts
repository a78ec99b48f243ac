import type { Logger } from "@/shared/log.ts";
import type { DesiredStore } from "../../journal/desired_store.ts";
import type { Permit, RouterPort } from "./ports.ts";

export interface KicksOptions {
  desired: DesiredStore;
  allowed(): ReadonlySet<string>;
  /** A person is asked about the router: nothing is done to it. */
  isAsking(): boolean;
  log: Logger;
  /** Some have ended, or could not be: worth another look. */
  onDone(): void;
}

/** Ends the sessions of those who were cut, beside the passes, because looking again for redials takes seconds. */
export class Kicks {
  readonly #options: KicksOptions;
  readonly #running = new Set<string>();

  constructor(options: KicksOptions) {
    this.#options = options;
  }

  /** Accounts whose sessions are being ended, by their keys. */
  get running(): ReadonlySet<string> {
    return this.#running;
  }

  /** The connection is gone, and what ran on it. */
  clear(): void {
    this.#running.clear();
  }

  async start(router: RouterPort, names: readonly string[], permit: Permit): Promise<void> {
    const { isAsking, log, onDone } = this.#options;
    const wanted = this.#stillCut(names).filter((name) => !this.#running.has(name));
    if (wanted.length === 0 || !permit.isValid()) return;
    for (const name of wanted) this.#running.add(name);
    try {
      const { kicked } = await router.kick(wanted, {
        isStillWanted: () =>
          permit.isValid() && !isAsking() && this.#stillCut(wanted).length === wanted.length,
      });
      log.info("sessions_kicked", { asked: wanted.length, kicked });
    } catch (error) {
      // The next pass sees whatever session is left and asks for a new permit.
      log.warn("kick_failed", { error });
    } finally {
      for (const name of wanted) this.#running.delete(name);
      onDone();
    }
  }

  /** Of these names, those that the newest stored state wants off and nobody let through by hand. */
  #stillCut(names: readonly string[]): string[] {
    const secrets = this.#options.desired.current?.secrets ?? [];
    const cut = new Set(secrets.filter((secret) => secret.disabled).map((secret) => secret.name));
    const allowed = this.#options.allowed();
    return names.filter((name) => cut.has(name) && !allowed.has(name));
  }
}
