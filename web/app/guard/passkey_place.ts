import type { Context } from "fresh";
import { passkeysWorkAt } from "@/web/domain/access/second_factor.ts";
import type { PasskeyPlace } from "@/web/gateways/passkeys/mod.ts";
import type { AppState } from "@/web/app/state.ts";

/** Where this request's passkeys belong, and whether browsers offer any there. */
export interface RequestPlace extends PasskeyPlace {
  works: boolean;
}

/**
 * The page's own address as browsers know it. Of a form it is what the browser says in `Origin`, which the guard has
 * compared with ours; of a page the host that was asked for, or ours where a proxy asks under an address.
 */
export function placeOf(
  { req, url, state }: Pick<Context<AppState>, "url" | "state"> & { req: Pick<Request, "headers"> },
): RequestPlace {
  const { isHttps, services } = state;
  const asked = req.headers.get("origin") ?? "";
  const own = services.links === undefined ? url : new URL(services.links.addressOf("/"));
  const from = URL.canParse(asked)
    ? new URL(asked)
    : passkeysWorkAt({ hostname: url.hostname, isHttps })
    ? url
    : own;
  return {
    origin: `${isHttps ? "https" : "http"}://${from.host}`,
    rpId: from.hostname,
    works: passkeysWorkAt({ hostname: from.hostname, isHttps }),
  };
}
