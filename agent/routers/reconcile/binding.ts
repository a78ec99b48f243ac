import { uuidv7 } from "@/shared/ids.ts";
import type { RouterIdentityMessage, RouterSettings } from "@/shared/protocol/mod.ts";
import type { MarksStore, OpenQuestion } from "../../journal/marks_store.ts";
import { inDoubtMessage, judgeIdentity, type Verdict } from "./identity.ts";

export interface BindingOptions {
  settings: RouterSettings;
  marks: MarksStore;
  nowMs(): number;
  /** Keeps a journal that cannot be written from stopping a loop that restores people. */
  stored(write: Promise<void>): Promise<void>;
}

/** Why a router is not used. */
export interface Refused {
  code: "router_identity_in_doubt" | undefined;
  message: string;
}

/** Binds at first contact, remembers the name, asks where it is another one (R12); null when the router may be used. */
export async function bindRouter(
  identity: RouterIdentityMessage,
  { settings, marks, nowMs, stored }: BindingOptions,
): Promise<Refused | null> {
  const told = { serial_number: settings.serial_number, software_id: settings.software_id };
  const { bound, question } = marks.current;
  const verdict = judgeIdentity(told, bound, identity);
  switch (verdict.kind) {
    case "other":
      return { code: undefined, message: verdict.message };
    case "in_doubt":
      if (!isAbout(question, verdict)) await stored(marks.ask(questionOf(verdict, nowMs())));
      return { code: "router_identity_in_doubt", message: inDoubtMessage(verdict) };
    case "same":
      if (verdict.learn !== null) await stored(marks.setBound(verdict.learn));
      // It has its name again.
      if (question?.kind === "identity_changed") await stored(marks.askAgain(question.id, null));
      return null;
  }
}

type InDoubt = Extract<Verdict, { kind: "in_doubt" }>;

function isAbout(question: OpenQuestion | null, { known, found }: InDoubt): boolean {
  return question?.kind === "identity_changed" && question.known === known && question.found === found;
}

function questionOf({ known, found }: InDoubt, nowMs: number): OpenQuestion {
  return {
    id: uuidv7(nowMs),
    kind: "identity_changed",
    asked_ms: nowMs,
    known,
    found,
    of: 0,
    enabled: 0,
    missing: 0,
    examples: [],
    covered: [],
  };
}
