import {
  COUNTED,
  type MenuCommands,
  ORDERED,
  PRINT,
  PRINT_RULES,
  rowMenu,
  SWITCHED,
  UNSET,
} from "./common.ts";

const SECRET = "caller-id comment disabled ipv6-routes limit-bytes-in limit-bytes-out local-address name " +
  "password profile remote-address remote-ipv6-prefix>=7 routes service";

/** In 6.x the fields of IPv6 come with a package of their own, which the simulated router does not have. */
const PROFILE = "address-list bridge bridge-horizon bridge-learning bridge-path-cost bridge-port-priority " +
  "bridge-port-trusted>=7.17 bridge-port-vid>=7.17 change-tcp-mss comment dhcpv6-lease-time>=7.20 " +
  "dhcpv6-pd-pool>=7 dhcpv6-use-radius>=7.20 dns-server idle-timeout incoming-filter insert-queue-before " +
  "interface-list local-address name on-down on-up only-one outgoing-filter parent-queue queue-type " +
  "rate-limit remote-address remote-ipv6-prefix-pool>=7 remote-ipv6-prefix-reuse>=7.20 session-timeout " +
  "use-compression use-encryption use-ipv6>=7 use-mpls use-upnp wins-server";

const POOL = "comment name next-pool ranges";

const QUEUE =
  "bucket-size burst-limit burst-threshold burst-time comment disabled dst limit-at max-limit name " +
  "packet-marks parent priority queue target time total-bucket-size total-burst-limit total-burst-threshold " +
  "total-burst-time total-limit-at total-max-limit total-priority total-queue";

const ADDRESS_LIST = "address comment disabled dynamic>=7 list timeout";

const NAT = "action address-list address-list-timeout chain comment connection-bytes connection-limit " +
  "connection-mark connection-rate connection-type content disabled dscp dst-address dst-address-list " +
  "dst-address-type dst-limit dst-port fragment hotspot icmp-options in-bridge-port in-bridge-port-list " +
  "in-interface in-interface-list ingress-priority ipsec-policy ipv4-options jump-target layer7-protocol limit " +
  "log log-prefix nth out-bridge-port out-bridge-port-list out-interface out-interface-list packet-mark " +
  "packet-size per-connection-classifier port priority protocol psd random randomise-ports>=7.10 realm " +
  "routing-mark routing-table<7 same-not-by-dst socks5-port>=7.20 socks5-server>=7.20 socksify-service>=7.20 " +
  "src-address src-address-list src-address-type src-mac-address src-port tcp-mss time tls-host<7.16 " +
  "to-addresses to-ports tos>=7.21 ttl";

const ROUTE =
  "blackhole check-gateway comment disabled distance dst-address gateway pref-src routing-table scope " +
  "suppress-hw-offload<7.21 target-scope vrf-interface";
const ROUTE_CHECK =
  "append as-value do dst-ip duration file interval once src-ip without-paging proplist>=7.19 " +
  "freeze-frame-interval>=7.21";

/** Menus of subscribers and of what carries them. */
export const NETWORK_MENUS: Readonly<Record<string, MenuCommands>> = {
  "/ppp/secret": {
    ...rowMenu(SECRET, { print: `${PRINT} show-sensitive>=7.21` }),
    ...SWITCHED,
    ...UNSET,
  },
  "/ppp/active": {
    find: "where",
    get: "number value-name as-string>=7.12 as-string-value>=7.12",
    print: PRINT,
    remove: "numbers",
    "reset>=7": "comment numbers",
  },
  "/ppp/profile": { ...rowMenu(PROFILE), ...UNSET },
  "/ip/pool": rowMenu(POOL),
  "/queue/simple": {
    ...rowMenu(QUEUE, { print: `${PRINT} bytes oid packets rate stats`, add: "copy-from place-before" }),
    ...SWITCHED,
    ...UNSET,
    ...ORDERED,
    ...COUNTED,
  },
  "/ip/firewall/address-list": { ...rowMenu(ADDRESS_LIST), ...SWITCHED },
  "/ip/firewall/nat": {
    ...rowMenu(NAT, {
      print: `${PRINT_RULES} all chain dynamic static stats`,
      add: "copy-from place-before",
    }),
    ...SWITCHED,
    ...UNSET,
    ...ORDERED,
    ...COUNTED,
  },
  "/ip/route": {
    ...rowMenu(ROUTE, { print: `${PRINT} stats` }),
    ...SWITCHED,
    ...UNSET,
    "check>=7.18": ROUTE_CHECK,
  },
};
