import { commandArguments } from "@/shared/protocol/mod.ts";
import { CommandError, type RunningCommand, settingsOf } from "./command.ts";

/** `session.kick`: a person ends sessions; the secrets stay as they are. Goes over the connection whose identity was checked. */
export async function kickSessions(running: RunningCommand): Promise<{ kicked: number }> {
  const parsed = commandArguments["session.kick"].safeParse(running.command.arguments);
  if (!parsed.success) throw new CommandError("bad_arguments", "The command names no sessions.");
  const { router_id, name } = settingsOf(running);
  const router = running.context.openRouter(router_id);
  if (router === null) {
    throw new CommandError(
      "router_unreachable",
      `${name} is not connected now. Try again when it is online.`,
    );
  }
  return await router.kick(parsed.data.names);
}
