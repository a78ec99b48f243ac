import { ENGLISH, type MessageKey, type Translate } from "@/web/messages/mod.ts";
import { SCHEDULER } from "@/web/services/context.ts";
import type { AuditLine } from "@/web/store/access/audit_page.ts";
import { actorText } from "./actor_words.ts";

/** What names who did something. */
export type WhoLine = Pick<
  AuditLine,
  | "actor"
  | "actor_kind"
  | "actor_gone"
  | "agent_name"
  | "run_kind"
  | "run_on"
  | "subscriber_name"
>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Who did something, in words: never nothing, and never a bare id. */
export function whoText(t: Translate, line: WhoLine): string {
  const { actor_gone: state } = line;
  const name = nameOf(t, line);
  return state === null ? name : t("audit.who_gone", { name, state });
}

function nameOf(t: Translate, line: WhoLine): string {
  const { actor, actor_kind: kind, agent_name: agent } = line;
  const isNamed = actor.trim() !== "" && !UUID.test(actor);
  if (kind === "system" || actor === SCHEDULER.label) return linyaText(t, line);
  if (kind === "agent" && agent !== null) return t("audit.who_agent", { name: agent });
  if (kind === "subscriber" && line.subscriber_name !== null) {
    return t("audit.who_subscriber", { name: line.subscriber_name });
  }
  const name = isNamed ? actorText(t, actor) : t("audit.who_unknown");
  if (kind === "api_key") return t("audit.who_key", { name });
  if (kind === "operator") return t("audit.who_operator", { name });
  return agent === null ? name : t("audit.who_through", { name, agent });
}

function linyaText(t: Translate, { actor, run_kind: kind, run_on: day }: WhoLine): string {
  if (kind !== null && day !== null) return t("audit.who_run", { kind, day: day.toString() });
  const isPart = actor !== SCHEDULER.label && actor.trim() !== "" && !UUID.test(actor);
  return isPart ? t("audit.who_linya_part", { part: actorText(t, actor) }) : t("audit.who_linya");
}

/** The name of an actor among those that a filter offers, where no entry tells more. */
export function actorChoice(t: Translate, actor: string): string {
  return nameOf(t, {
    actor,
    actor_kind: null,
    actor_gone: null,
    agent_name: null,
    run_kind: null,
    run_on: null,
    subscriber_name: null,
  });
}

/** What was done, in a few words; what a later version does is named by its code. */
export function actionText(t: Translate, action: string): string {
  return known(t, `audit_actions.${action.replace(".", "_")}`) ?? action.replace(/[._]/g, " ");
}

/** What kind of thing it was done to. */
export function subjectKindText(t: Translate, kind: string): string {
  return known(t, `audit.kind_${kind}`) ?? kind.replace(/[._]/g, " ");
}

function known(t: Translate, key: string): string | null {
  return Object.hasOwn(ENGLISH, key) ? t(key as MessageKey) : null;
}
