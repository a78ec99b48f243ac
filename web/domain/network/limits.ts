import { MAX_MESSAGE_BYTES, MAX_ROUTER_SECRETS, MAX_SITE_ROUTERS } from "@/shared/protocol/mod.ts";

/**
 * What one agent looks after, and what it is told of its routers in one message: addresses, names and sealed passwords
 * of all of them. Beyond either the agent would refuse the whole site.
 */
export const SITE_ROUTERS_MAX = MAX_SITE_ROUTERS;
/** Less what stands around the routers in that message. */
export const SITE_SETTINGS_BYTES_MAX: number = MAX_MESSAGE_BYTES - 1_024;
/** Connections of one router: the secrets that its agent reads, and reports on. */
export const ROUTER_CONNECTIONS_MAX = MAX_ROUTER_SECRETS;

/** The most characters of a site's name. */
export const SITE_MAX = { name: 80 } as const;

/** The most characters of each field of a router. */
export const ROUTER_MAX = { name: 80, host: 253, username: 100, password: 200 } as const;

/** Of a PPP user that Linya makes or links. RouterOS takes longer ones; customers' boxes do not. */
export const PPP_NAME_MAX = 60;
