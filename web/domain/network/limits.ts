/** The most characters of a site's name. */
export const SITE_MAX = { name: 80 } as const;

/** The most characters of each field of a router. */
export const ROUTER_MAX = { name: 80, host: 253, username: 100, password: 200 } as const;

/** Of a PPP user that Linya makes or links. RouterOS takes longer ones; customers' boxes do not. */
export const PPP_NAME_MAX = 60;
