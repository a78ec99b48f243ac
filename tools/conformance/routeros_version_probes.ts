import {
  type Ask,
  chrNamesHypervisor,
  dateForms,
  emptyPrint,
  groupTakes,
  knows,
  login,
  neverReusesIds,
  ordersQueries,
  pings,
  prints,
  removesList,
  takesForwardingModes,
} from "./routeros_asks.ts";

/** One thing that a row of differences says: which rows speak of it, and what it is before and after. */
export interface VersionProbe {
  area: string;
  words: RegExp;
  name: string;
  expect: readonly [before: unknown, after: unknown];
  ask: Ask;
}

const CAME = [false, true] as const;
const WENT = [true, false] as const;
const ALWAYS = [true, true] as const;

/** A probe for each of these arguments: whether the command takes it. */
function took(
  area: string,
  words: RegExp,
  word: string,
  names: string,
  expect: VersionProbe["expect"] = CAME,
): VersionProbe[] {
  return names.split(" ").map((name) => ({
    area,
    words,
    name: `${word} ${name}`,
    expect,
    ask: knows(word, name),
  }));
}

const IP_SSH = "/ip/ssh/set";
const PROFILE = "/ppp/profile/set";
const PRINTED = "/ppp/secret/print";

/** Every difference in the menus that the simulator has. */
export const VERSION_PROBES: readonly VersionProbe[] = [
  { area: "login", words: /plain .*introduced/, name: "login", expect: ["challenge", "!done"], ask: login },
  // Its removal cannot be seen from outside: 6.43 and 6.44 take the plain login too.
  { area: "login", words: /challenge.*removed/, name: "login", expect: ["!done", "!done"], ask: login },
  ...took("ip ssh", /forwarding-enabled/, IP_SSH, "forwarding-enabled", ALWAYS),
  {
    area: "ip ssh",
    words: /forwarding-enabled/,
    name: "forwarding-enabled=local",
    expect: [false, true],
    ask: takesForwardingModes,
  },
  { area: "user group", words: /dude/, name: "dude", expect: WENT, ask: groupTakes("dude") },
  { area: "user group", words: /tikapp/, name: "tikapp", expect: WENT, ask: groupTakes("tikapp") },
  { area: "user group", words: /rest-api/, name: "rest-api", expect: CAME, ask: groupTakes("rest-api") },
  ...took("ip service", /vrf/, "/ip/service/set", "vrf"),
  {
    area: "ip service",
    words: /vrf/,
    name: "vrf prints",
    expect: CAME,
    ask: prints("/ip/service/print", "vrf"),
  },
  ...took("ppp profile", /use-ipv6/, PROFILE, "use-ipv6 remote-ipv6-prefix-pool dhcpv6-pd-pool"),
  {
    area: "ppp profile",
    words: /use-ipv6/,
    name: "use-ipv6 prints",
    expect: CAME,
    ask: prints("/ppp/profile/print", "use-ipv6"),
  },
  { area: "dates", words: /printed dates/, name: "dates", expect: ["month", "iso"], ask: dateForms },
  ...took("ip firewall nat", /randomise-ports/, "/ip/firewall/nat/add", "randomise-ports"),
  ...took("*/get", /as-string/, "/ppp/secret/get", "as-string as-string-value"),
  ...took("ping", /proplist/, "/ping", "proplist"),
  ...took("ping", /proplist/, "/tool/ping", "proplist"),
  ...took("ip service", /max-sessions/, "/ip/service/set", "max-sessions"),
  ...took("print", /follow-strict/, PRINTED, "follow-strict", WENT),
  ...took("print", /inactivity/, "/user/set", "inactivity-timeout inactivity-policy"),
  ...took("ip ssh", /ciphers/, IP_SSH, "allow-none-crypto", WENT),
  ...took("ip ssh", /ciphers/, IP_SSH, "ciphers"),
  {
    area: "ip service",
    words: /unset/,
    name: "unset",
    expect: WENT,
    ask: knows("/ip/service/unset", "value-name"),
  },
  ...took("ppp profile", /bridge-port/, PROFILE, "bridge-port-trusted bridge-port-vid"),
  {
    area: "api",
    words: /!empty/,
    name: "print without rows",
    expect: ["!done", "!empty !done"],
    ask: emptyPrint,
  },
  ...took(
    "ppp profile",
    /dhcpv6-lease/,
    PROFILE,
    "dhcpv6-lease-time dhcpv6-use-radius remote-ipv6-prefix-reuse",
  ),
  {
    area: "user active",
    words: /logout/,
    name: "request-logout",
    expect: WENT,
    ask: knows("/user/active/request-logout"),
  },
  { area: "user active", words: /remove/, name: "remove", expect: CAME, ask: knows("/user/active/remove") },
  ...took("firewall nat", /socks5/, "/ip/firewall/nat/add", "socks5-port socks5-server socksify-service"),
  ...took("ip ssh", /password-authentication/, IP_SSH, "always-allow-password-login", WENT),
  ...took(
    "ip ssh",
    /password-authentication/,
    IP_SSH,
    "password-authentication publickey-authentication-options",
  ),
  { area: "ip ssh", words: /reset/, name: "reset", expect: CAME, ask: knows("/ip/ssh/reset") },
  ...took("print", /show-sensitive/, PRINTED, "show-sensitive"),
  ...took("print", /show-sensitive/, "/user/print", "show-sensitive"),
  ...took("print", /on-event/, PRINTED, "on-event timestamp comments"),
  { area: "ping", words: /still works/, name: "/ping", expect: ALWAYS, ask: pings },
  {
    area: "ping",
    words: /\/tool\/ping/,
    name: "/tool/ping",
    expect: ALWAYS,
    ask: knows("/tool/ping", "address"),
  },
  ...took("print", /order-by/, PRINTED, "order-by"),
  ...took("ip service", /available-from/, "/ip/service/set", "available-from"),
  {
    area: "ip service print",
    words: /dynamic rows/,
    name: "dynamic rows",
    expect: CAME,
    ask: prints("/ip/service/print", "dynamic"),
  },
  {
    area: "system resource",
    words: /CHR/,
    name: "board-name of a CHR",
    expect: CAME,
    ask: chrNamesHypervisor,
  },
  { area: "api", words: /\.id is/, name: "ids", expect: ALWAYS, ask: neverReusesIds },
  { area: "api", words: /query words/, name: "order of query words", expect: ALWAYS, ask: ordersQueries },
  { area: "api", words: /numbers vs \.id/, name: "one call for many rows", expect: ALWAYS, ask: removesList },
];
