import type { Row } from "@/shared/routeros/mod.ts";
import { prefixes } from "./addresses.ts";
import { noMatchingValue, noSuchItem, Refusal } from "./command.ts";
import { type Menu, targets } from "./menus.ts";
import { storedMenu } from "./stored.ts";
import { durationWithin, oneOf, referenceTo, type ValueCheck } from "./values.ts";
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

/** Whether a list of networks has the IPv4 address; an empty list has them all. */
export function isAllowedFrom(list: string, address: string): boolean {
  if (list === "") return true;
  return list.split(",").filter((network) => !network.includes(":")).some((network) => {
    const [base = "", bits = "32"] = network.split("/");
    const mask = bits === "0" ? 0 : (-1 << (32 - Number(bits))) >>> 0;
    return ((number(base) ^ number(address)) & mask) === 0;
  });
}

function number(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** Whether somebody may log in and do everything. */
function hasFullUser(world: RouterWorld, users: readonly Row[], groups: readonly Row[]): boolean {
  const full = new Set(
    groups.filter((group) => !group["policy"]?.includes("!")).map((group) => group[".id"]),
  );
  return users.some((user) =>
    user["disabled"] !== "true" && full.has(world.groups.named(user["group"] ?? "")[0]?.[".id"])
  );
}

/**
 * There is always a user with full rights, unless the router never had one. That it refuses is RouterOS' rule; the words
 * are ours.
 */
function refuseLockout(world: RouterWorld, users: readonly Row[], groups: readonly Row[]): void {
  if (hasFullUser(world, users, groups) || !hasFullUser(world, world.users, world.groups.rows())) return;
  throw new Refusal("failure: at least one user with full permissions must remain", null);
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
      address: prefixes,
      "inactivity-timeout": durationWithin(60, 86_400),
      "inactivity-policy": oneOf("none", "lockscreen", "logout"),
    },
    refuse: (row, ownId) => refuseNamesake(world, "user", row, ownId),
    refuseOutcome: (users) => refuseLockout(world, users, world.groups.rows()),
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

/** The groups that every router has, which stay under any name. */
const SYSTEM_GROUPS = new Set(Object.keys(DENIED).map((_name, i) => `*${i + 1}`));

function refuseGroupRemoval(world: RouterWorld, group: Row): void {
  if (SYSTEM_GROUPS.has(group[".id"] ?? "")) throw new Refusal("can not remove default group", null);
  if (world.users.some((user) => user["group"] === group["name"])) {
    throw new Refusal("failure: group is used by a user", null);
  }
}

/** /user/group. */
export function groupMenu(world: RouterWorld): Menu {
  const policy: ValueCheck = (argument, value) => {
    const known = policyNames(world);
    const given = value.split(",").filter((word) => word !== "");
    if (given.some((word) => !known.includes(word.replace(/^!/, "")))) {
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
    refuseRemoval: (group) => refuseGroupRemoval(world, group),
    refuseOutcome: (groups) => refuseLockout(world, world.users, groups),
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
