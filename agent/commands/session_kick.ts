import { CommandError, type RunningCommand, settingsOf } from "./command.ts";

/** `session.kick`: a person ends sessions; the secrets stay as they are. Goes over the connection whose identity was checked. */
export async function kickSessions(running: RunningCommand<"session.kick">): Promise<{ kicked: number }> {
  const { router_id, name } = settingsOf(running);
  const router = running.context.openRouter(router_id);
  if (router === null) {
    throw new CommandError(
      "router_unreachable",
      `${name} is not connected now. Try again when it is online.`,
    );
  }
  return await router.kick(running.args.names);
}
