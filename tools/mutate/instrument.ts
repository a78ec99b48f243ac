import type { Edit } from "./plugin.ts";

/** An edit with its number in the run. */
export interface Mutant extends Edit {
  id: number;
}

/** Name of the switch: the number of the mutant that is on. */
export const SWITCH = "__mutantOn";

/**
 * A file that holds all its mutants at once: around each place stands a choice by number, so that tests run against one
 * mutant after the other without loading anything again.
 */
export function instrument(source: string, mutants: readonly Mutant[]): string {
  return render(source, mutants, 0, source.length, null);
}

/** The text of a range, with choices around the places in it. With an edit, its token is the other one. */
function render(
  source: string,
  mutants: readonly Mutant[],
  start: number,
  end: number,
  edit: Mutant | null,
): string {
  let text = "";
  let at = start;
  while (at < end) {
    if (edit !== null && at === edit.from) {
      text += edit.text;
      at = edit.to;
      if (edit.from !== edit.to) continue;
    }
    const here = outermostAt(mutants, at);
    if (here.length === 0) {
      text += source[at] ?? "";
      at += 1;
      continue;
    }
    const [{ end: after } = { end }] = here;
    const inner = mutants.filter((one) => !here.includes(one) && one.start >= at && one.end <= after);
    const choices = here.map((one) => {
      return `globalThis.${SWITCH} === ${one.id} ? ${render(source, inner, at, after, one)} : `;
    });
    text += `(${choices.join("")}${render(source, inner, at, after, null)})`;
    at = after;
  }
  return text;
}

/** All mutants of the largest place that begins here. */
function outermostAt(mutants: readonly Mutant[], start: number): Mutant[] {
  const here = mutants.filter((one) => one.start === start);
  const end = Math.max(...here.map((one) => one.end));
  return here.filter((one) => one.end === end);
}
