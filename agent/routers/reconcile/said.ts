import { clipText, type HandChange, MAX_SENTENCE_LENGTH } from "@/shared/protocol/mod.ts";
import type { PortLogLine } from "./ports.ts";

/** What the router writes when somebody changes an account or a profile, such as `ppp secret changed by admin`. */
const ABOUT_ACCOUNTS = /\bppp (secret|profile)\b/i;
const REMOVED = /\bremoved\b/i;

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
  const removals = candidates.filter(({ message }) => REMOVED.test(message));
  const edits = candidates.filter(({ message }) => !REMOVED.test(message));
  const said = new Map<string, string>();
  const words = new Map<PortLogLine, ReadonlySet<string>>(
    candidates.map((line) => [line, wordsOf(line.message)]),
  );
  for (const change of changes) {
    const fitting = change.kind === "deleted" ? removals : edits;
    const naming = fitting.filter((line) => namesOf(change).some((name) => words.get(line)?.has(name)));
    const line = theOne(naming.length > 0 ? naming : fitting.filter(({ message }) => !isNaming(message)));
    if (line !== null) said.set(change.id, line);
  }
  return said;
}

function isCandidate({ topics, message }: PortLogLine, ownUser: string): boolean {
  return topics.includes("system") && topics.includes("info") && ABOUT_ACCOUNTS.test(message) &&
    !wordsOf(message).has(ownUser);
}

/** Lines of late releases tell the command; they are about the account that it names and no other. */
function isNaming(message: string): boolean {
  return /[<(]/.test(message);
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
