import { type Row, splitAttribute, type Trap } from "@/shared/routeros/mod.ts";

/** A received command sentence, taken apart. `path` is the menu, `verb` the last part of the command word. */
export interface Command {
  word: string;
  path: string;
  verb: string;
  attributes: Row;
  query: string[];
  tag: string | null;
}

/** What a command answers; sentences are made from it by the connection. */
export interface Outcome {
  rows?: readonly Row[];
  ret?: string;
  traps?: readonly Trap[];
  /** A print that yields nothing answers `!empty` from 7.18. */
  isPrint?: boolean;
}

/** A refusal by the router; the message is the router's own text. */
export class Refusal extends Error {
  readonly traps: readonly Trap[];

  constructor(message: string, category: number | null, ...more: Trap[]) {
    super(message);
    this.traps = [{ message, category }, ...more];
  }
}

export function noSuchItem(): Refusal {
  return new Refusal("no such item", 0);
}

export function noSuchCommand(): Refusal {
  return new Refusal("no such command", 0);
}

/** A menu of a package that is not there: two traps, then `!done`. */
export function noSuchMenu(name: string): Refusal {
  return new Refusal(`no such command or directory (${name})`, 0, {
    message: "no such command prefix",
    category: null,
  });
}

export function unknownParameter(name: string): Refusal {
  return new Refusal(`unknown parameter ${name}`, 0);
}

export function noMatchingValue(argument: string): Refusal {
  return new Refusal(`input does not match any value of ${argument}`, 1);
}

export function invalidValue(argument: string): Refusal {
  return new Refusal(`invalid value for argument ${argument}`, 1);
}

/** The bounds as RouterOS says them: numbers, or durations such as "0s". */
export function outOfRange(
  argument: string,
  min: number | bigint | string,
  max: number | bigint | string,
): Refusal {
  return new Refusal(`value of ${argument} out of range (${min}..${max})`, 1);
}

/** The text of an add without what it needs; the arguments in the order in which the router names them. */
export function missingValues(names: readonly string[]): Refusal {
  return new Refusal(`missing value(s) of argument(s) ${names.join(" ")}`, 1);
}

export function notPermitted(): Refusal {
  return new Refusal("not enough permissions (9)", null);
}

/** Reads the words of a client sentence. API words such as `.proplist` may come with or without a leading "=". */
export function parseCommand(words: readonly string[]): Command {
  const word = words[0] ?? "";
  const slash = word.lastIndexOf("/");
  const command: Command = {
    word,
    path: word.slice(0, Math.max(0, slash)),
    verb: word.slice(slash + 1),
    attributes: {},
    query: [],
    tag: null,
  };
  for (const part of words.slice(1)) readPart(command, part);
  return command;
}

function readPart(command: Command, part: string): void {
  if (part.startsWith("?")) command.query.push(part);
  else if (part.startsWith(".tag=")) command.tag = part.slice(5);
  else if (part.startsWith("=") || part.startsWith(".")) {
    const { name, value } = splitAttribute(part.startsWith("=") ? part : `=${part}`);
    command.attributes[name] = value;
  }
}
