import {
  chunkRows,
  clipName,
  clipText,
  type CommandResultOf,
  type ImportedSecret,
  MAX_CHUNK_BYTES,
  MAX_COMMENT_LENGTH,
  MAX_NAME_LENGTH,
  MAX_ROUTER_PROFILES,
  MAX_ROUTER_SECRETS,
  type ReadSecretsPart,
} from "@/shared/protocol/mod.ts";
import type { PortSecret } from "../routers/reconcile/ports.ts";
import {
  assertSameRouter,
  CommandError,
  type RunningCommand,
  settingsOf,
  withOwnConnection,
} from "./command.ts";

const ROWS_PER_PART = 1_000;

/** `router.read_secrets`: everything an import needs, in parts; never a password, and nothing is written. */
export function readSecrets(
  running: RunningCommand,
): Promise<CommandResultOf<"router.read_secrets">> {
  return withOwnConnection(running, async (open) => {
    assertSameRouter(settingsOf(running), open);
    const [secrets, profiles] = await Promise.all([
      open.router.listSecrets({ full: true }),
      open.router.listProfiles(),
    ]);
    if (secrets.length > MAX_ROUTER_SECRETS || profiles.length > MAX_ROUTER_PROFILES) {
      throw new CommandError(
        "too_many",
        `The router has ${secrets.length} secrets and ${profiles.length} profiles. At most ${MAX_ROUTER_SECRETS} and ${MAX_ROUTER_PROFILES} are read.`,
      );
    }
    const profileRows = profiles.map(({ name, rateLimit }) => ({
      name: clipName(name),
      rate_limit: shown(rateLimit),
    }));
    const parts: ReadSecretsPart[] = [
      ...chunkRows(profileRows).map((rows) => ({ secrets: [], profiles: rows })),
      ...splitSecrets(secrets.map(rowOf)).map((rows) => ({ secrets: rows, profiles: [] })),
    ];
    for (const [index, content] of parts.entries()) {
      await running.sendPart(index + 1, content, index === parts.length - 1);
    }
    return { secret_count: secrets.length, profile_count: profiles.length, parts: parts.length };
  });
}

function splitSecrets(rows: readonly ImportedSecret[]): ImportedSecret[][] {
  const parts: ImportedSecret[][] = [];
  for (let start = 0; start < rows.length; start += ROWS_PER_PART) {
    parts.push(...chunkRows(rows.slice(start, start + ROWS_PER_PART), MAX_CHUNK_BYTES));
  }
  return parts;
}

function rowOf(secret: PortSecret): ImportedSecret {
  return {
    name: clipName(secret.name),
    profile: clipName(secret.profile),
    disabled: secret.disabled,
    service: clipText(secret.service, MAX_NAME_LENGTH),
    comment: secret.comment === null ? null : clipText(secret.comment, MAX_COMMENT_LENGTH),
    caller_id: shown(secret.callerId),
    remote_address: shown(secret.remoteAddress),
  };
}

/** What is only shown: a longer one must not have the whole answer refused. */
function shown(text: string | null): string | null {
  return text === null ? null : clipText(text, MAX_NAME_LENGTH);
}
