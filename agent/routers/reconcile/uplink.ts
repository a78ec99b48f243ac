import { type LookOptions, OccasionalLook } from "./occasional_look.ts";
import type { PortRoute, RouterPort } from "./ports.ts";

/** Whether a site has a way out, as its router sees it. While it has none its cuts wait: nobody could pay over it. */
export class Uplink {
  readonly #look: OccasionalLook<boolean>;

  constructor(options: LookOptions) {
    this.#look = new OccasionalLook({
      ...options,
      what: "routes",
      read: async (router) => isUplinkDown(await router.listDefaultRoutes()),
      // A router that may not or cannot tell counts as up.
      untold: false,
      onChange: (isDown) => options.log.warn("router_uplink", { is_down: isDown }),
    });
  }

  get isDown(): boolean {
    return this.#look.found;
  }

  /** Reads the routes when somebody is about to be cut, or when the last look is long ago. */
  async look(router: RouterPort, { isCutDue }: { isCutDue: boolean }): Promise<void> {
    await this.#look.look(router, { isDue: isCutDue });
  }
}

/** There is a way out that somebody wants, and none of them leads anywhere. */
export function isUplinkDown(routes: readonly PortRoute[]): boolean {
  const wanted = routes.filter(({ disabled }) => !disabled);
  return wanted.length > 0 && wanted.every(({ active }) => active === false);
}
