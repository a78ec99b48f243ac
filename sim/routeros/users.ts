import type { Row } from "@/shared/routeros/mod.ts";
import { noMatchingValue, noSuchItem, Refusal } from "./command.ts";
import { type Menu, targets } from "./menus.ts";
import { storedMenu } from "./stored.ts";
import { networks, oneOf, referenceTo, type ValueCheck } from "./values.ts";
import type { RouterWorld, SimUser } from "./world.ts";

const POLICIES =
  "local telnet ssh ftp reboot read write policy test winbox password web sniff sensitive api romon"
    .split(" ");

/** The policies of a version: 7.x lost two and gained one. */
export function policyNames(world: RouterWorld): readonly string[] {
  return [...POLICIES, ...world.features.restApi ? ["rest-api"] : ["dude", "tikapp"]];
}

/** What the groups that every router has may not do. */
const DENIED: Record<string, readonly string[]> = {
  read: ["ftp", "write", "policy", "dude"],
  write: ["ftp", "policy", "dude"],
  full: [],
};

/** The router's own groups, a group for each list of policies, and the users in them. */
export function addUsers(world: RouterWorld, users: readonly SimUser[]): void {
  for (const [name, denied] of Object.entries(DENIED)) {
    const allowed = policyNames(world).filter((policy) => !denied.includes(policy));
    world.groups.insert({ name, policy: policyText(world, allowed.join(",")), skin: "default" });
  }
  for (const user of users) world.userTable.insert({ ...userRow(world, user), password: user.password });
}

function userRow(world: RouterWorld, user: SimUser): Row {
  const comment = user.name === "admin" ? { comment: "system default user" } : {};
  return {
    name: user.name,
    group: groupOf(world, user.group),
    ...userDefaults(world),
    disabled: "false",
    ...comment,
  };
}

function groupOf(world: RouterWorld, group: string): string {
  if (world.groups.named(group).length > 0) return group;
  const name = `custom${world.groups.size}`;
  world.groups.insert({ name, policy: policyText(world, group), skin: "default" });
  return name;
}

function userDefaults(world: RouterWorld): Row {
  return {
    address: "",
    "last-logged-in": world.neverDate(),
    ...(world.features.restApi ? { expired: "false" } : {}),
  };
}

/** As print shows it: what is allowed, then what is not with "!". Names that the version lacks are left out. */
function policyText(world: RouterWorld, text: string): string {
  const given = new Set(text.split(",").filter((word) => !word.startsWith("!")));
  const names = policyNames(world);
  const denied = names.filter((name) => !given.has(name)).map((name) => `!${name}`);
  return [...names.filter((name) => given.has(name)), ...denied].join(",");
}

/** What a user may do, by the group. */
export function policiesOf(world: RouterWorld, user: Row): ReadonlySet<string> {
  const policy = world.groups.named(user["group"] ?? "")[0]?.["policy"] ?? "";
  return new Set(policy.split(",").filter((name) => name !== "" && !name.startsWith("!")));
}

/** The user who may log in with these words from this address, or null. */
export function findUser(
  world: RouterWorld,
  name: string,
  password: string | undefined,
  from: string,
): Row | null {
  const user = world.users.find((one) => one["name"] === name && one["password"] === password);
  if (user === undefined || user["disabled"] === "true") return null;
  return isAllowedFrom(user["address"] ?? "", from) ? user : null;
}

/** Whether a list of IPv4 networks has the address; an empty list has them all. */
export function isAllowedFrom(list: string, address: string): boolean {
  if (list === "") return true;
  return list.split(",").some((network) => {
    const [base = "", bits = "32"] = network.split("/");
    const mask = bits === "0" ? 0 : (-1 << (32 - Number(bits))) >>> 0;
    return ((number(base) ^ number(address)) & mask) === 0;
  });
}

function number(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** /user. Passwords go in and never come out. */
export function userMenu(world: RouterWorld): Menu {
  const table = world.userTable;
  const menu = storedMenu({
    table,
    fields: ["name", "group", "address", "last-logged-in", "expired", ...INACTIVITY, "disabled", "comment"],
    settable: world.settable("/user"),
    defaults: { address: "", "inactivity-timeout": "10m", "inactivity-policy": "none", disabled: "false" },
    readOnly: userDefaults(world),
    required: ["name", "group", "password"],
    checks: {
      group: referenceTo(world.groups),
      address: networks,
      "inactivity-policy": oneOf("none", "lockscreen", "logout"),
    },
    refuse: (row, ownId) => refuseNamesake(world, "user", row, ownId),
  }, () => table.rows());
  return {
    ...menu,
    verbs: {
      ...menu.verbs,
      "expire-password": (_caller, command) => {
        for (const row of targets(table, command)) table.update(row[".id"] ?? "", { expired: "true" });
        return {};
      },
    },
  };
}

const INACTIVITY = ["inactivity-timeout", "inactivity-policy"];

function refuseNamesake(world: RouterWorld, kind: "user" | "group", row: Row, ownId: string | null): void {
  const table = kind === "user" ? world.userTable : world.groups;
  const other = table.named(row["name"] ?? "").find((one) => one[".id"] !== ownId);
  if (other !== undefined) throw new Refusal(`failure: ${kind} with the same name already exists`, null);
}

/** /user/group. */
export function groupMenu(world: RouterWorld): Menu {
  const policy: ValueCheck = (argument, value) => {
    const known = policyNames(world);
    if (value.split(",").some((word) => !known.includes(word.replace(/^!/, "")))) {
      throw noMatchingValue(argument);
    }
    return policyText(world, value);
  };
  return storedMenu({
    table: world.groups,
    fields: ["name", "policy", "skin", "comment"],
    settable: world.settable("/user/group"),
    defaults: { policy: policyText(world, ""), skin: "default" },
    checks: { policy },
    refuse: (row, ownId) => {
      if ((row["name"] ?? "") === "") throw new Refusal("failure: invalid group name", null);
      refuseNamesake(world, "group", row, ownId);
    },
  }, () => world.groups.rows());
}

/** /user/active: who is logged in. Ending one closes its connection. */
export function userActiveMenu(world: RouterWorld): Menu {
  const end: Menu["verbs"][string] = (_caller, command) => {
    for (const row of targets(world.userActive, command)) {
      if (world.userActive.remove(row[".id"] ?? "") === undefined) throw noSuchItem();
    }
    return {};
  };
  return {
    fields: ["when", "name", "address", "via", "group", "radius"],
    rows: () => world.userActive.rows(),
    table: world.userActive,
    verbs: {
      "request-logout": end,
      remove: end,
      add: () => {
        throw new Refusal("action failed (6)", null);
      },
    },
  };
}
