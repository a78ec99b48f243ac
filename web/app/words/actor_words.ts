import { AGENT_ENROLMENT, FIRST_SESSION, SCHEDULER, SIGN_IN_PAGE } from "@/web/services/context.ts";
import type { MessageKey, Translate } from "@/web/messages/mod.ts";

const WORDS: Readonly<Record<string, MessageKey>> = {
  [SCHEDULER.label]: "words.actor_scheduler",
  [FIRST_SESSION.label]: "words.actor_first_session",
  [AGENT_ENROLMENT.label]: "words.actor_agent_enrolment",
  [SIGN_IN_PAGE]: "words.actor_sign_in_page",
};

/** Who did something: the name of a person, or what Linya did by itself in the reader's language. */
export function actorText(t: Translate, label: string): string {
  const key = WORDS[label];
  return key === undefined ? label : t(key);
}
