import type { CommandKind } from "@/shared/protocol/mod.ts";
import type { CommandHandler } from "./command.ts";
import { changePassword, createSecret } from "./secret_write.ts";
import { readSecrets } from "./router_read_secrets.ts";
import { testRouter } from "./router_test_command.ts";
import { kickSessions } from "./session_kick.ts";

/** Every kind that this agent can run; a missing one does not compile. */
export const COMMANDS: Record<CommandKind, CommandHandler> = {
  "router.test": testRouter,
  "router.read_secrets": readSecrets,
  "session.kick": kickSessions,
  "secret.create": createSecret,
  "secret.password": changePassword,
};

/** Kinds that wait for their router, up to their deadline, and that the web must still want when their turn comes. */
export const WAITING_COMMANDS: ReadonlySet<string> = new Set<CommandKind>([
  "secret.create",
  "secret.password",
]);
