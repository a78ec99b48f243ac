import type { Row } from "@/shared/routeros/mod.ts";
import { addressOrPool, ipv4Addresses, ipv6Prefix } from "./addresses.ts";
import { noSuchItem, Refusal } from "./command.ts";
import { type Menu, targets } from "./menus.ts";
import { PROFILE_DEFAULTS } from "./profile_rows.ts";
import { storedMenu } from "./stored.ts";
import * as value from "./values.ts";
import type { RouterWorld } from "./world.ts";

const SECRET_FIELDS =
  ("name service caller-id password profile local-address remote-address remote-ipv6-prefix " +
    "routes ipv6-routes limit-bytes-in limit-bytes-out last-logged-out last-caller-id last-disconnect-reason " +
    "disabled comment").split(" ");

/** /ppp/secret. Without the sensitive policy the password field is left out. */
export function secretMenu(world: RouterWorld): Menu {
  const table = world.secrets;
  return storedMenu({
    table,
    fields: SECRET_FIELDS,
    settable: world.settable("/ppp/secret"),
    defaults: {
      service: "any",
      "caller-id": "",
      password: "",
      profile: "default",
      routes: "",
      "ipv6-routes": "",
      "limit-bytes-in": "0",
      "limit-bytes-out": "0",
      disabled: "false",
    },
    readOnly: { "last-logged-out": world.neverDate() },
    required: ["name"],
    checks: {
      service: value.oneOf("any", "async", "pptp", "pppoe", "l2tp", "ovpn", "sstp"),
      profile: value.referenceTo(world.profiles),
      "local-address": addressOrPool(world.pools),
      "remote-address": addressOrPool(world.pools),
      "remote-ipv6-prefix": ipv6Prefix,
      "limit-bytes-in": value.bytes,
      "limit-bytes-out": value.bytes,
    },
    refuse: (row, ownId) => refuseDuplicate(world, row, ownId),
    written: (row, what, by) => world.writeLog("system,info", `ppp secret <${row["name"]}> ${what} by ${by}`),
  }, (caller) => caller.policies.has("sensitive") ? table.rows() : table.rows().map(withoutPassword));
}

/** As somebody without the sensitive policy sees a row. */
export function withoutPassword(row: Row): Row {
  const { password: _hidden, ...rest } = row;
  return rest;
}

/** A name may be used once per service, and "any" overlaps with every service. What keeps its name and service is not asked. */
function refuseDuplicate(world: RouterWorld, wanted: Row, ownId: string | null): void {
  const alike = world.secrets.named(wanted["name"] ?? "");
  if (alike.some((row) => row[".id"] === ownId && row["service"] === wanted["service"])) return;
  for (const other of alike) {
    if (other[".id"] === ownId) continue;
    const overlaps = other["service"] === wanted["service"] ||
      other["service"] === "any" || (wanted["service"] ?? "any") === "any";
    if (overlaps) throw new Refusal("failure: secret with the same name already exists", null);
  }
}

const PROFILE_FIELDS =
  ("name local-address remote-address remote-ipv6-prefix-pool dhcpv6-pd-pool dhcpv6-lease-time " +
    "dhcpv6-use-radius remote-ipv6-prefix-reuse bridge bridge-horizon bridge-learning bridge-path-cost " +
    "bridge-port-priority bridge-port-trusted bridge-port-vid incoming-filter outgoing-filter address-list " +
    "interface-list dns-server wins-server session-timeout idle-timeout use-mpls use-compression use-encryption " +
    "use-ipv6 only-one change-tcp-mss use-upnp rate-limit insert-queue-before parent-queue queue-type on-up on-down " +
    "comment default").split(" ");

const YES_NO_DEFAULT = value.oneOf("yes", "no", "default");

/** One kind of queue for both directions, or one for each. */
function queueTypes(argument: string, text: string): string {
  if (text.includes("/")) return value.pairOf(value.queueType)(argument, text);
  return value.queueType(argument, text);
}

/** /ppp/profile. Its enums look like booleans and are none: they print yes, no and default. */
export function profileMenu(world: RouterWorld): Menu {
  const table = world.profiles;
  return storedMenu({
    table,
    fields: PROFILE_FIELDS,
    settable: world.settable("/ppp/profile"),
    defaults: PROFILE_DEFAULTS,
    readOnly: { default: "false" },
    required: ["name"],
    checks: {
      "local-address": addressOrPool(world.pools),
      "remote-address": addressOrPool(world.pools),
      "dns-server": ipv4Addresses,
      "wins-server": ipv4Addresses,
      "parent-queue": value.referenceTo(world.queues, { none: true }),
      "rate-limit": value.rateLimit,
      "queue-type": queueTypes,
      "insert-queue-before": (argument, text) =>
        text === "first" || text === "bottom" ? text : value.referenceTo(world.queues)(argument, text),
      "bridge-port-trusted": value.booleanValue,
      "bridge-port-vid": value.whole(1, 4_094),
      "dhcpv6-lease-time": value.duration(),
      "dhcpv6-use-radius": value.booleanValue,
      "session-timeout": value.duration(),
      "idle-timeout": value.duration(),
      "use-mpls": value.oneOf("yes", "no", "required", "default"),
      "use-compression": YES_NO_DEFAULT,
      "use-encryption": value.oneOf("yes", "no", "required", "default"),
      "use-ipv6": value.oneOf("yes", "no", "required", "default"),
      "use-upnp": YES_NO_DEFAULT,
      "only-one": YES_NO_DEFAULT,
      "change-tcp-mss": YES_NO_DEFAULT,
      "bridge-learning": YES_NO_DEFAULT,
    },
    refuse: (row, ownId) => {
      const other = table.named(row["name"] ?? "").find((one) => one[".id"] !== ownId);
      if (other !== undefined) throw new Refusal("failure: profile with the same name already exists", null);
    },
    refuseRemoval: (row) => {
      if (row["default"] === "true") throw new Refusal("can not remove default profile", null);
    },
  }, () => table.rows());
}

const ACTIVE_FIELDS = ("name service caller-id address uptime encoding session-id limit-bytes-in " +
  "limit-bytes-out radius").split(" ");

/** /ppp/active: rows come and go with the sessions; removing one is the kick. There is no set. */
export function activeMenu(world: RouterWorld): Menu {
  return {
    fields: ACTIVE_FIELDS,
    table: world.active,
    rows: () => world.activeRows(),
    verbs: {
      remove: (_caller, command) => {
        for (const row of targets(world.active, command)) {
          if (!world.endSession(row[".id"] ?? "", "nas-request")) throw noSuchItem();
        }
        return {};
      },
      // A comment is the only value that a session could have of its own.
      reset: (_caller, command) => {
        for (const row of targets(world.active, command)) world.active.unset(row[".id"] ?? "", "comment");
        return {};
      },
    },
  };
}
