import type { Row } from "@/shared/routeros/mod.ts";
import type { Outcome } from "./command.ts";

/** The sentences of an answer, without their tag. `emptyReply`: whether the version says `!empty` when no row came. */
export function repliesOf(outcome: Outcome, emptyReply: boolean): string[][] {
  const traps = (outcome.traps ?? []).map(({ category, message }) => [
    "!trap",
    ...category === null ? [] : [`=category=${category}`],
    `=message=${message}`,
  ]);
  const rows = (outcome.rows ?? []).map((row) => ["!re", ...wordsOf(row)]);
  const isEmpty = emptyReply && outcome.isPrint === true && rows.length === 0;
  const done = ["!done", ...outcome.ret === undefined ? [] : [`=ret=${outcome.ret}`]];
  return [...traps, ...rows, ...isEmpty ? [["!empty"]] : [], done];
}

export function wordsOf(row: Row): string[] {
  return Object.entries(row).map(([name, value]) => `=${name}=${value}`);
}
