import type { CommandKind } from "@/shared/protocol/mod.ts";
import type { CommandHandler } from "./command.ts";
import { readSecrets } from "./router_read_secrets.ts";
import { testRouter } from "./router_test_command.ts";
import { kickSessions } from "./session_kick.ts";

/** Every kind that this agent can run; a missing one does not compile. */
export const COMMANDS: Record<CommandKind, CommandHandler> = {
  "router.test": testRouter,
  "router.read_secrets": readSecrets,
  "session.kick": kickSessions,
};
