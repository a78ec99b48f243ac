import { clipText, type HandChange, MAX_SENTENCE_LENGTH } from "@/shared/protocol/mod.ts";
import type { PortLogLine } from "./ports.ts";

/** What the router writes when somebody changes an account or a profile, such as `ppp secret changed by admin`. */
const ABOUT_ACCOUNTS = /^ppp (?:secret|profile)\b/i;
const VERBS = { deleted: /\bremoved\b/i, others: /\b(?:changed|moved)\b/i };

/**
 * The router's own line for each change, by its id: where exactly one fits. A line that names the account goes before
 * those that name none; several that differ tell nothing. The words stay the router's: nothing is concluded from them.
 */
export function saidOf(
  changes: readonly HandChange[],
  lines: readonly PortLogLine[],
  ownUser: string,
): Map<string, string> {
  const candidates = lines.filter((line) => isCandidate(line, ownUser));
  const removals = new Lines(candidates.filter(({ message }) => VERBS.deleted.test(message)));
  const edits = new Lines(candidates.filter(({ message }) => VERBS.others.test(message)));
  const said = new Map<string, string>();
  for (const change of changes) {
    const line = (change.kind === "deleted" ? removals : edits).theOneFor(namesOf(change));
    if (line !== null) said.set(change.id, line);
  }
  return said;
}

/** Lines of one kind, by the words in them. */
class Lines {
  readonly #byWord = new Map<string, PortLogLine[]>();
  readonly #unnamed: PortLogLine[] = [];

  constructor(lines: readonly PortLogLine[]) {
    for (const line of lines) {
      // Late releases tell the command: such a line is about the account that it names and no other.
      if (!/[<(]/.test(line.message)) this.#unnamed.push(line);
      for (const word of wordsOf(line.message)) {
        const having = this.#byWord.get(word);
        if (having === undefined) this.#byWord.set(word, [line]);
        else having.push(line);
      }
    }
  }

  theOneFor(names: readonly string[]): string | null {
    const naming = [...new Set(names.flatMap((name) => this.#byWord.get(name) ?? []))];
    return theOne(naming.length > 0 ? naming : this.#unnamed);
  }
}

function isCandidate({ topics, message }: PortLogLine, ownUser: string): boolean {
  return topics.includes("system") && topics.includes("info") && ABOUT_ACCOUNTS.test(message) &&
    !wordsOf(message).has(ownUser);
}

function namesOf({ name, kind, after }: HandChange): string[] {
  return kind === "renamed" && after !== null ? [name, after] : [name];
}

function wordsOf(message: string): ReadonlySet<string> {
  return new Set(message.split(/[\s<>()"':=,;/]+/));
}

function theOne(lines: readonly PortLogLine[]): string | null {
  const [first, ...rest] = lines;
  if (first === undefined || rest.some(({ message }) => message !== first.message)) return null;
  // With several times there is no saying which was the one.
  const text = rest.length === 0 ? `${first.time} ${first.message}` : first.message;
  return clipText(text.trim(), MAX_SENTENCE_LENGTH);
}
