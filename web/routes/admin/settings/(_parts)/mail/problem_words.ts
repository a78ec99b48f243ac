import type { MessageKey, Translate } from "@/web/messages/mod.ts";
import { ENGLISH } from "@/web/messages/mod.ts";

/** What a problem of the mail server is called; one that this version does not know has words too. */
export function problemKey(problem: string): MessageKey {
  const key = `mail_server.problem_${problem}`;
  return Object.hasOwn(ENGLISH, key) ? key as MessageKey : "mail_server.problem_other";
}

/** What is to be done about it. */
export function todoKey(problem: string): MessageKey {
  const key = `mail_server.todo_${problem}`;
  return Object.hasOwn(ENGLISH, key) ? key as MessageKey : "mail_server.todo_other";
}

/** What was said of a failure: by the server, or by what could not even talk to it. */
export function sayWords(t: Translate, { words, code }: { words: string; code: number | null }): string {
  return t(code === null ? "mail_server.error_words" : "mail_server.server_words", { words });
}

/** Words that were kept without their code: an answer of a server begins with it, and nothing else does. */
export function sayStoredWords(t: Translate, words: string): string {
  const code = /^[245]\d\d\b/.exec(words)?.[0];
  return sayWords(t, { words, code: code === undefined ? null : Number(code) });
}

/** A problem and below it the server's own words, as *Needs you* gets them, in one sentence. */
export function sayMailProblem(t: Translate, detail: string): string {
  const [problem = "", ...words] = detail.split("\n");
  const said = t(problemKey(problem), { port: "none", wanted: "" });
  const more = words.join(" ").trim();
  return more === "" ? said : `${said} ${sayStoredWords(t, more)}`;
}
