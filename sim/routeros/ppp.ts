import type { Row } from "@/shared/routeros/mod.ts";
import {
  type Command,
  invalidValue,
  noMatchingValue,
  noSuchItem,
  type Outcome,
  Refusal,
  unknownParameter,
} from "./command.ts";
import { booleanValue, type Caller, givenValues, type Menu, targets } from "./menus.ts";
import type { RouterWorld } from "./world.ts";

const SECRET_SETTABLE = new Set([
  "caller-id",
  "comment",
  "disabled",
  "ipv6-routes",
  "limit-bytes-in",
  "limit-bytes-out",
  "local-address",
  "name",
  "password",
  "profile",
  "remote-address",
  "remote-ipv6-prefix",
  "routes",
  "service",
]);
const SECRET_FIELDS = [
  "name",
  "service",
  "caller-id",
  "password",
  "profile",
  "local-address",
  "remote-address",
  "remote-ipv6-prefix",
  "routes",
  "ipv6-routes",
  "limit-bytes-in",
  "limit-bytes-out",
  "last-logged-out",
  "last-caller-id",
  "last-disconnect-reason",
  "disabled",
  "comment",
];
const SERVICES = new Set(["any", "async", "pptp", "pppoe", "l2tp", "ovpn", "sstp"]);
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$/;

/** /ppp/secret. Without the sensitive policy the password field is left out. */
export function secretMenu(world: RouterWorld): Menu {
  const table = world.secrets;
  return {
    fields: SECRET_FIELDS,
    table,
    rows: (caller) => caller.policies.has("sensitive") ? table.rows() : table.rows().map(withoutPassword),
    verbs: {
      add: (caller, command) => addSecret(caller, command),
      set: (caller, command) => setSecrets(caller, command, givenValues(command, SECRET_SETTABLE)),
      enable: (caller, command) => setSecrets(caller, command, { disabled: "no" }),
      disable: (caller, command) => setSecrets(caller, command, { disabled: "yes" }),
      comment: (caller, command) => setSecrets(caller, command, givenValues(command, SECRET_SETTABLE)),
      unset: (_caller, command) => unsetSecrets(world, command),
      remove: (_caller, command) => {
        for (const row of targets(table, command)) table.remove(row[".id"] ?? "");
        return {};
      },
    },
  };
}

function withoutPassword(row: Row): Row {
  const { password: _hidden, ...rest } = row;
  return rest;
}

function addSecret({ world }: Caller, command: Command): Outcome {
  const values = givenValues(command, SECRET_SETTABLE);
  if (values["name"] === undefined || values["name"] === "") {
    throw new Refusal("missing value(s) of argument(s) name", 1);
  }
  const checked = checkSecret(world, values);
  refuseDuplicate(world, checked, null);
  const row = world.secrets.insert({
    name: "",
    service: "any",
    "caller-id": "",
    password: "",
    profile: "default",
    routes: "",
    "limit-bytes-in": "0",
    "limit-bytes-out": "0",
    "last-logged-out": world.printDate(Temporal.PlainDateTime.from("1970-01-01T00:00:00")),
    disabled: "false",
    ...checked,
  });
  return { ret: row[".id"] ?? "" };
}

function setSecrets({ world }: Caller, command: Command, values: Row): Outcome {
  const rows = targets(world.secrets, command);
  const checked = checkSecret(world, values);
  for (const row of rows) {
    const isRenamed = checked["name"] !== undefined || checked["service"] !== undefined;
    if (isRenamed) refuseDuplicate(world, { ...row, ...checked }, row[".id"] ?? null);
    world.secrets.update(row[".id"] ?? "", checked);
    if (checked["comment"] === "") world.secrets.unset(row[".id"] ?? "", "comment");
  }
  return {};
}

function unsetSecrets(world: RouterWorld, command: Command): Outcome {
  const { "value-name": name = "", ...rest } = command.attributes;
  if (!SECRET_SETTABLE.has(name)) throw unknownParameter("value-name");
  for (const row of targets(world.secrets, { ...command, attributes: rest })) {
    world.secrets.unset(row[".id"] ?? "", name);
  }
  return {};
}

function checkSecret(world: RouterWorld, values: Row): Row {
  const checked: Row = { ...values };
  const { disabled, service, profile } = values;
  if (disabled !== undefined) checked["disabled"] = booleanValue("disabled", disabled);
  if (service !== undefined && !SERVICES.has(service)) throw noMatchingValue("service");
  if (profile !== undefined && world.profiles.named(profile).length === 0) throw noMatchingValue("profile");
  for (const name of ["local-address", "remote-address"]) {
    const address = values[name];
    if (address !== undefined && address !== "" && !IPV4.test(address)) throw invalidValue(name);
  }
  return checked;
}

/** A name may be used once per service, and "any" overlaps with every service. */
function refuseDuplicate(world: RouterWorld, wanted: Row, ownId: string | null): void {
  for (const other of world.secrets.named(wanted["name"] ?? "")) {
    if (other[".id"] === ownId) continue;
    const overlaps = other["service"] === wanted["service"] ||
      other["service"] === "any" || (wanted["service"] ?? "any") === "any";
    if (overlaps) throw new Refusal("failure: secret with the same name already exists", null);
  }
}

const PROFILE_FIELDS = [
  "name",
  "local-address",
  "remote-address",
  "use-mpls",
  "use-compression",
  "use-encryption",
  "only-one",
  "change-tcp-mss",
  "use-upnp",
  "rate-limit",
  "address-list",
  "on-up",
  "on-down",
  "comment",
  "default",
];
const PROFILE_SETTABLE = new Set(PROFILE_FIELDS.filter((name) => name !== "default"));

/** /ppp/profile. */
export function profileMenu(world: RouterWorld): Menu {
  const table = world.profiles;
  const set = (command: Command): Outcome => {
    const values = givenValues(command, PROFILE_SETTABLE);
    for (const row of targets(table, command)) table.update(row[".id"] ?? "", values);
    return {};
  };
  return {
    fields: PROFILE_FIELDS,
    table,
    rows: () => table.rows(),
    verbs: {
      add: (_caller, command) => addProfile(world, givenValues(command, PROFILE_SETTABLE)),
      set: (_caller, command) => set(command),
      remove: (_caller, command) => {
        for (const row of targets(table, command)) table.remove(row[".id"] ?? "");
        return {};
      },
    },
  };
}

function addProfile(world: RouterWorld, values: Row): Outcome {
  const name = values["name"] ?? "";
  if (name === "") throw new Refusal("missing value(s) of argument(s) name", 1);
  if (world.profiles.named(name).length > 0) {
    throw new Refusal("failure: profile with the same name already exists", null);
  }
  return { ret: world.profiles.insert({ "address-list": "", ...values, default: "false" })[".id"] ?? "" };
}

const ACTIVE_FIELDS = [
  "name",
  "service",
  "caller-id",
  "address",
  "uptime",
  "encoding",
  "session-id",
  "limit-bytes-in",
  "limit-bytes-out",
  "radius",
];

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
    },
  };
}
