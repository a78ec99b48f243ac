import type { RouterOsVersion } from "@/shared/routeros/mod.ts";
import type { MenuCommands } from "./common.ts";
import { NETWORK_MENUS } from "./network_menus.ts";
import { isIn, namesIn, parseDatedName } from "./notation.ts";
import { SYSTEM_MENUS } from "./system_menus.ts";

const MENUS: Readonly<Record<string, MenuCommands>> = { ...NETWORK_MENUS, ...SYSTEM_MENUS };

/** Arguments by verb of one menu. */
export type VerbArguments = ReadonlyMap<string, ReadonlySet<string>>;

/** Which commands one version has: menu, verb, arguments. */
export type CommandTable = ReadonlyMap<string, VerbArguments>;

/** Read off the version table once for each simulated router. */
export function commandTableOf(version: RouterOsVersion): CommandTable {
  return new Map(Object.entries(MENUS).map(([path, menu]) => [path, verbsOf(version, menu)]));
}

function verbsOf(version: RouterOsVersion, menu: MenuCommands): VerbArguments {
  const verbs = new Map<string, ReadonlySet<string>>();
  for (const [dated, list] of Object.entries(menu)) {
    const verb = parseDatedName(dated);
    if (isIn(version, verb)) verbs.set(verb.name, namesIn(version, list));
  }
  return verbs;
}
