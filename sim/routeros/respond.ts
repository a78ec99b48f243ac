import {
  type Command,
  noSuchCommand,
  notPermitted,
  type Outcome,
  Refusal,
  unknownParameter,
} from "./command.ts";
import { type Caller, type Menu, verbOf } from "./menus.ts";
import { menuAt } from "./system.ts";

/** Other names under which the API has a verb of the version table. */
const ALIASES: Readonly<Record<string, string>> = { getall: "print", listen: "print" };
const READ_VERBS = new Set([
  "print",
  "getall",
  "find",
  "get",
  "listen",
  "export",
  "monitor",
  "monitor-traffic",
]);

/** The policy that a command needs. */
export function policyFor({ path, verb }: Command): string {
  if (READ_VERBS.has(verb)) return "read";
  if (verb === "ping") return "test";
  if (path === "/system" && verb === "reboot") return "reboot";
  return path.startsWith("/user") ? "policy" : "write";
}

/**
 * What the router answers to a command: first whether this version has the menu, the verb and the arguments, then
 * whether the caller may, then the menu's own word.
 */
export function respond(menus: ReadonlyMap<string, Menu>, caller: Caller, command: Command): Outcome {
  try {
    const menu = checkCommand(menus, caller, command);
    const verb = verbOf(menu, command.verb);
    if (verb === null) throw noSuchCommand();
    return verb(caller, command);
  } catch (error) {
    if (error instanceof Refusal) return { traps: error.traps };
    throw error;
  }
}

/** The menu of a command that this version has and the caller may give; throws the router's refusal. */
export function checkCommand(menus: ReadonlyMap<string, Menu>, caller: Caller, command: Command): Menu {
  const menu = menuAt(menus, command.path);
  const known = argumentsOf(caller, command);
  if (known === null) throw noSuchCommand();
  if (!caller.policies.has(policyFor(command))) throw notPermitted();
  for (const name of Object.keys(command.attributes)) {
    if (!isArgument(name, known)) throw unknownParameter(name);
  }
  return menu;
}

function argumentsOf(caller: Caller, { path, verb }: Command): ReadonlySet<string> | null {
  const verbs = caller.world.commands.get(path);
  return verbs?.get(verb) ?? verbs?.get(ALIASES[verb] ?? "") ?? null;
}

/** `.id` stands for `numbers`, and `.proplist` is a word of the API wherever rows come back. */
function isArgument(name: string, known: ReadonlySet<string>): boolean {
  if (known.has(name)) return true;
  const isAddressed = known.has("numbers") || known.has("number");
  if (name === ".id" || name === "numbers" || name === "number") return isAddressed;
  return name === ".proplist" && !known.has("numbers");
}
