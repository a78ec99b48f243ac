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

/** A problem and below it the server's own words, as *Needs you* gets them, in one sentence. */
export function sayMailProblem(t: Translate, detail: string): string {
  const [problem = "", ...words] = detail.split("\n");
  const said = t(problemKey(problem), { port: "none", wanted: "" });
  const server = words.join(" ").trim();
  return server === "" ? said : `${said} ${t("mail_server.server_words", { words: server })}`;
}
