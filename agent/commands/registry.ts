import type { CommandKind } from "@/shared/protocol/mod.ts";
import type { CommandEntry } from "./command.ts";
import { answerRouter } from "./router_answer.ts";
import { readSecrets } from "./router_read_secrets.ts";
import { testRouter } from "./router_test_command.ts";
import { changePassword, createSecret } from "./secret_write.ts";
import { kickSessions } from "./session_kick.ts";

/** Every kind that this agent can run; a missing one does not compile. Schemas: `commandSpecs`. */
export const COMMANDS: { readonly [K in CommandKind]: CommandEntry<K> } = {
  "router.test": { run: testRouter, waitsForRouter: false },
  "router.read_secrets": { run: readSecrets, waitsForRouter: false },
  "session.kick": { run: kickSessions, waitsForRouter: false },
  "router.answer": { run: answerRouter, waitsForRouter: false },
  "secret.create": { run: createSecret, waitsForRouter: true },
  "secret.password": { run: changePassword, waitsForRouter: true },
};
