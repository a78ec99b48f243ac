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

/** A problem and below it the server's own words, as *Needs you* gets them, in one sentence. */
export function sayMailProblem(t: Translate, detail: string): string {
  const [problem = "", ...words] = detail.split("\n");
  const said = t(problemKey(problem), { port: "none", wanted: "" });
  const server = words.join(" ").trim();
  return server === "" ? said : `${said} ${t("mail_server.server_words", { words: server })}`;
}
