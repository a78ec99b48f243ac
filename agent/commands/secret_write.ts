import { clip } from "@/shared/text/mod.ts";
import { openSealed } from "@/shared/crypto/mod.ts";
import {
  accountKey,
  type CommandArguments,
  type CommandResultOf,
  DEFAULT_PPP_SERVICE,
  secretSealContext,
} from "@/shared/protocol/mod.ts";
import { RouterOsError, TrapError } from "@/shared/routeros/mod.ts";
import type { FoundSecret, RouterPort } from "../routers/reconcile/ports.ts";
import { wait } from "../routers/reconcile/waiting.ts";
import { CommandError, type RunningCommand, settingsOf } from "./command.ts";

type Created = CommandResultOf<"secret.create">;
type Changed = CommandResultOf<"secret.password">;
type CreateArguments = CommandArguments<"secret.create">;

const LOOK_FOR_ROUTER_MS = 250;

/**
 * `secret.create`: makes a PPPoE secret with the password that was sealed for this command. Looks before it writes and
 * after every lost answer, so that a repetition finds its own secret; somebody else's is refused and left as it is.
 */
export async function createSecret(running: RunningCommand<"secret.create">): Promise<Created> {
  const { args } = running;
  const password = await openPassword(running, args);
  const created = await withRouter(running, (router, name) => ensure(router, args, password, name));
  // Also of one that is off: it may be paid for, and switched on, while the installer stands beside the box.
  running.context.awaitSession(running.command.router_id ?? "", pppoeAccount(args.name));
  return created;
}

/** `secret.password`: a new password for a secret that carries our mark. The session that is up stays up. */
export async function changePassword(running: RunningCommand<"secret.password">): Promise<Changed> {
  const { name, owner, attempt } = running.args;
  const password = await openPassword(running, running.args);
  return await withRouter(running, async (router, routerName) => {
    const found = await router.findSecrets(pppoeAccount(name));
    if (found.length === 0) {
      throw new CommandError(
        "secret_missing",
        `${routerName} has no secret "${name}" any more. Make it again.`,
      );
    }
    const own = found.find((secret) => isOwn(secret, owner));
    if (own === undefined) throw notOurs(name, routerName, found);
    if (isAttempt(own, owner, attempt)) return { outcome: "repeated" };
    await router.setSecret(own.id, { password, comment: markedAnew(own, owner, attempt) });
    return { outcome: "changed" };
  });
}

async function ensure(
  router: RouterPort,
  args: CreateArguments,
  password: string,
  routerName: string,
): Promise<Created> {
  const { name, profile, disabled, label, owner, attempt } = args;
  const found = await router.findSecrets(pppoeAccount(name));
  const own = found.find((secret) => isOwn(secret, owner));
  if (own !== undefined) {
    if (isAttempt(own, owner, attempt)) return { outcome: "repeated" };
    const comment = markedAnew(own, owner, attempt);
    await naming(
      args,
      routerName,
      () => router.setSecret(own.id, { password, comment, profile, disabled }),
    );
    return { outcome: "taken_up" };
  }
  if (found.length > 0) throw notOurs(name, routerName, found);
  const comment = `${label} ${markOf(owner, attempt)}`.trim();
  await naming(args, routerName, () => router.addSecret({ name, password, profile, disabled, comment }));
  return { outcome: "created" };
}

/** Turns the router's refusals into what a person can do about them. */
async function naming(args: CreateArguments, routerName: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof TrapError)) throw error;
    if (error.kind === "AlreadyExists") throw notOurs(args.name, routerName, []);
    if (error.kind === "BadValue" && /profile/.test(error.message) && args.profile !== null) {
      throw new CommandError(
        "profile_missing",
        `${routerName} has no PPP profile "${args.profile}". Add it there, or give the plan another profile.`,
        { cause: error },
      );
    }
    if (error.kind === "Permission") {
      throw new CommandError(
        "router_permission",
        `The account of Linya on ${routerName} may not write. Give its group the policy "write".`,
        { cause: error },
      );
    }
    throw error;
  }
}

/** Works on the checked connection of the router's loop; when that breaks in between, on the next one. */
async function withRouter<T>(
  running: RunningCommand,
  work: (router: RouterPort, name: string) => Promise<T>,
): Promise<T> {
  const { router_id, name } = settingsOf(running);
  let before: RouterPort | null = null;
  while (!running.signal.aborted) {
    const router = running.context.openRouter(router_id);
    if (router === null || router === before) {
      await wait(LOOK_FOR_ROUTER_MS, running.signal);
      continue;
    }
    try {
      return await work(router, name);
    } catch (error) {
      if (!isConnectionGone(error)) throw error;
      before = router;
    }
  }
  throw new CommandError(
    "router_gone",
    `${name} went away while this was running. Send it again when it is back: nothing is made twice.`,
  );
}

/** The answer is lost, whatever became of the write. */
function isConnectionGone(error: unknown): boolean {
  return error instanceof RouterOsError && !(error instanceof TrapError) &&
    error.code !== "router_command_withdrawn";
}

async function openPassword(
  running: RunningCommand,
  args: { name: string; sealed_password: string },
): Promise<string> {
  const { command, context } = running;
  const password = await openSealed(
    context.sealing,
    args.sealed_password,
    secretSealContext({ commandId: command.id, routerId: command.router_id ?? "", name: args.name }),
  );
  if (password !== null) return password;
  throw new CommandError(
    "sealed_elsewhere",
    "The password was sealed for another agent. Send it again: a new password is made.",
  );
}

/** What these commands write is PPPoE. */
function pppoeAccount(name: string): string {
  return accountKey({ service: DEFAULT_PPP_SERVICE, name });
}

/** Ours carries the subscription's mark in its comment, wherever somebody's own text is. */
function isOwn(secret: FoundSecret, owner: string): boolean {
  return secret.service === "pppoe" && (secret.comment ?? "").includes(markOf(owner, ""));
}

function isAttempt(secret: FoundSecret, owner: string, attempt: string): boolean {
  return (secret.comment ?? "").includes(markOf(owner, attempt));
}

/** The comment with this attempt's mark in the place of an earlier one's: what a person wrote around it stays, byte for byte. */
function markedAnew(secret: FoundSecret, owner: string, attempt: string): string {
  const earlier = new RegExp(`${owner}\\.(?:[0-9a-f]{12})?`, "g");
  return (secret.comment ?? "").replace(earlier, markOf(owner, attempt));
}

function markOf(owner: string, attempt: string): string {
  return `${owner}.${attempt}`;
}

function notOurs(name: string, routerName: string, found: readonly FoundSecret[]): CommandError {
  const [first] = found;
  const what = first === undefined
    ? ""
    : ` Profile ${first.profile}${first.disabled ? ", disabled" : ""}${
      first.comment === null ? "" : `, comment "${clip(first.comment, 80)}"`
    }.`;
  return new CommandError(
    "name_taken",
    `${routerName} has a secret "${name}" that Linya did not make. It was left as it is.${what}`,
  );
}
