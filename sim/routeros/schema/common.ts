/** Verbs and their arguments, in the notation of `notation.ts`. */
export type MenuCommands = Readonly<Record<string, string>>;

const PRINT_BASE = "append as-value count-only detail file follow follow-only follow-strict<7.16 interval " +
  "proplist show-ids terse value-list where without-paging group-by>=7.17 " +
  "comments>=7.22 on-event>=7.22 timestamp>=7.22 order-by>=7.24";

/** Arguments of print on a menu of rows that come in an order of their own, such as firewall rules. */
export const PRINT_RULES = `${PRINT_BASE} from`;
export const PRINT_LOG = `${PRINT_BASE} brief`;
export const PRINT = `${PRINT_RULES} brief`;
/** Arguments of print on a menu that is one row. */
export const PRINT_ONE = "as-value file interval without-paging comments>=7.22";

/** 7.12 was not captured; the argument is seen from 7.13. */
export const EXPORT = "compact file hide-sensitive show-sensitive>=7 terse verbose where>=7.13 path>=7.24";
const AS_STRING = "as-string>=7.12 as-string-value>=7.12";

/** What every menu of rows has that can be written. */
export function rowMenu(settable: string, more: { print?: string; add?: string } = {}): MenuCommands {
  return {
    ...readableRows(more.print ?? PRINT),
    add: `${settable} ${more.add ?? "copy-from"}`,
    comment: "comment numbers",
    edit: "number value-name",
    export: EXPORT,
    remove: "numbers",
    "reset>=7": `${settable} numbers`,
    set: `${settable} numbers`,
  };
}

export function readableRows(print: string): MenuCommands {
  return { find: "where", get: `number value-name ${AS_STRING}`, print };
}

/** A menu that is one row. Before 7.21 one that can be written had no reset. */
export function oneRowMenu(print: string): MenuCommands {
  return { get: `value-name ${AS_STRING}`, print };
}

export const SWITCHED: MenuCommands = { disable: "numbers", enable: "numbers" };
export const UNSET: MenuCommands = { unset: "numbers value-name" };
export const COUNTED: MenuCommands = { "reset-counters": "numbers", "reset-counters-all": "" };
export const ORDERED: MenuCommands = { move: "destination numbers" };
