import {
  EXPORT,
  type MenuCommands,
  oneRowMenu,
  PRINT,
  PRINT_LOG,
  PRINT_ONE,
  readableRows,
  rowMenu,
  SWITCHED,
} from "./common.ts";

const INTERFACE = "comment disabled l2mtu mtu name numbers";
const MONITOR = "append as-value do duration file interval once without-paging proplist>=7.19 " +
  "freeze-frame-interval>=7.21";
const CLOCK = "date time time-zone-autodetect time-zone-name";
const SERVICE =
  "address available-from>=7.24 certificate disabled max-sessions>=7.16 numbers port tls-version " +
  "vrf>=7";
const SSH = "allow-none-crypto<7.17 always-allow-password-login<7.21 ciphers>=7.17 forwarding-enabled " +
  "host-key-size host-key-type>=7 password-authentication>=7.21 publickey-authentication-options>=7.21 " +
  "strong-crypto";
const USER = "address comment disabled group inactivity-policy>=7.16 inactivity-timeout>=7.16 name password";
const PING = "address arp-ping as-value count do-not-fragment dscp interface interval proplist>=7.15 " +
  "routing-table<7 size src-address ttl vrf>=7 without-paging";

/** Menus of the router itself and of who may use it. */
export const SYSTEM_MENUS: Readonly<Record<string, MenuCommands>> = {
  "/interface": {
    ...readableRows(`${PRINT} oid stats stats-detail`),
    ...SWITCHED,
    blink: "numbers",
    comment: "comment numbers",
    edit: "number value-name",
    export: EXPORT,
    "monitor-traffic": `interface ${MONITOR}`,
    "recursive-print>=7.20": "",
    "reset>=7": INTERFACE,
    "reset-counters": "numbers",
    set: INTERFACE,
  },
  "/system/resource": { ...oneRowMenu(`${PRINT_ONE} oid`), export: EXPORT, monitor: MONITOR },
  "/system/identity": {
    ...oneRowMenu(`${PRINT_ONE} oid`),
    edit: "value-name",
    export: EXPORT,
    "reset>=7.21": "name",
    set: "name",
  },
  "/system/routerboard": { ...oneRowMenu(PRINT_ONE), export: EXPORT },
  "/system/license": {
    ...oneRowMenu(`${PRINT_ONE} oid`),
    "export>=7.21": EXPORT,
    "generate-new-id": "",
    renew: "account append as-value do duration file interval level once password without-paging " +
      "freeze-frame-interval>=7.21",
  },
  "/system/clock": {
    ...oneRowMenu(PRINT_ONE),
    edit: "value-name",
    export: EXPORT,
    "reset>=7.21": CLOCK,
    set: CLOCK,
  },
  "/system": { reboot: "" },
  "/ip/service": {
    ...readableRows(PRINT),
    ...SWITCHED,
    edit: "number value-name",
    export: EXPORT,
    "reset>=7": SERVICE,
    set: SERVICE,
    "unset<7.17": "numbers value-name",
  },
  "/ip/ssh": {
    ...oneRowMenu(PRINT_ONE),
    edit: "value-name",
    export: EXPORT,
    "export-host-key": "key-file-prefix passphrase>=7.15",
    "import-host-key": "private-key-file passphrase>=7.15",
    "regenerate-host-key": "",
    "reset>=7.21": SSH,
    set: SSH,
  },
  "/user": {
    ...rowMenu(USER, { print: `${PRINT} show-sensitive>=7.21` }),
    ...SWITCHED,
    "expire-password": "numbers",
    "recursive-print>=7.20": "",
  },
  "/user/group": rowMenu("comment name policy skin"),
  "/user/active": {
    ...readableRows(PRINT),
    "add>=7.20": "copy-from",
    "remove>=7.20": "numbers",
    "request-logout<7.20": "numbers",
  },
  // The console hides the short form from 7.23; the API still has it.
  "": { ping: PING },
  "/tool": { ping: PING },
  "/log": {
    ...readableRows(`${PRINT_LOG} with-extra-info>=7.19`),
    debug: "message",
    error: "message",
    info: "message",
    warning: "message",
  },
};
