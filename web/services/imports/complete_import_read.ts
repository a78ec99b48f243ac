import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { type CommandResultOf, commandSpecs, type ImportedSecret } from "@/shared/protocol/mod.ts";
import { findIssues, parseComment, type ReadSecret } from "@/web/domain/imports/mod.ts";
import { type CommandRow, deleteCommandParts, listCommandParts } from "@/web/store/network/commands.ts";
import {
  type ImportBatchRow,
  lockImportBatchOfCommand,
  updateImportBatch,
} from "@/web/store/imports/import_batches.ts";
import { insertImportRows, replaceProfiles } from "@/web/store/imports/import_rows.ts";
import { findAgent } from "@/web/store/network/agents.ts";
import { listSubscriptionsNamed } from "@/web/store/imports/imported_subscribers.ts";
import { recordNetworkAudit } from "../network/network_audit.ts";
import { adoptExactNames } from "./adopt_exact_names.ts";
import { accountOf } from "./import_plan.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { Answered, AnswerEffects } from "../network/commands/command_registry.ts";
import { clip, readableText } from "@/shared/text/mod.ts";
import { CONTACT_MAX } from "@/web/domain/subscribers/limits.ts";

/**
 * Turns what the agent read into a batch that waits for review, in the transaction that closes the command: a crash
 * leaves either both or neither, and the agent reports again.
 */
export async function completeImportRead(
  { trx, context, command, result, now }: Answered<"router.read_secrets">,
): Promise<AnswerEffects> {
  if (result === null) {
    await failImportRead(trx, command, now);
    return {};
  }
  const batch = await lockImportBatchOfCommand(trx, command.id);
  if (batch === null || batch.status !== "reading") return {};
  const read = await readParts(trx, command.id, result);
  await deleteCommandParts(trx, command.id);
  if (read === null) {
    await failBatch(trx, batch.id, { message: formatCoded(coded("answer_incomplete")), now });
    return {};
  }
  const { router_id: routerId } = batch;
  const secrets = read.secrets.map(readSecretOf);
  await replaceProfiles(trx, routerId, { profiles: read.profiles, at: now });
  const adopted = await adoptExactNames(trx, { routerId, secrets, now });
  const agent = await findAgent(trx, command.agent_id);
  const total = await addRows(trx, batch, secrets, agent?.tells_services_apart === false);
  await updateImportBatch(trx, batch.id, { status: "review", total });
  if (adopted.count > 0) {
    const { agent_id: agentId } = command;
    const actor = { kind: "staff" as const, label: batch.created_by, staffUserId: null, agentId };
    await recordNetworkAudit(trx, context, actor, {
      action: "import.names_made_exact",
      subjectKind: "import",
      subjectId: batch.id,
      summary: coded("audit_import_names_exact", { count: adopted.count }),
    });
  }
  return { routerIds: adopted.routerIds };
}

/** The router could not be read; the batch says why. */
export async function failImportRead(
  trx: TenantTransaction,
  command: CommandRow,
  now: Temporal.Instant,
): Promise<void> {
  const batch = await lockImportBatchOfCommand(trx, command.id);
  if (batch === null || batch.status !== "reading") return;
  const message = command.error_message ?? formatCoded(coded("router_not_read"));
  await failBatch(trx, batch.id, { message, now });
  await deleteCommandParts(trx, command.id);
}

async function failBatch(
  trx: TenantTransaction,
  batchId: string,
  failure: { message: string; now: Temporal.Instant },
): Promise<void> {
  await updateImportBatch(trx, batchId, {
    status: "failed",
    error_message: failure.message,
    finished_at: failure.now,
  });
}

/** Null when parts are missing or are not what they should be: half a router must not look like a whole one. */
async function readParts(
  trx: TenantTransaction,
  commandId: string,
  announced: CommandResultOf<"router.read_secrets">,
) {
  const schema = commandSpecs["router.read_secrets"].part;
  const parts = (await listCommandParts(trx, commandId)).map((part) => schema.safeParse(part));
  if (parts.length !== announced.parts) return null;
  const read = parts.flatMap((part) => part.success ? [part.data] : []);
  const secrets = read.flatMap((part) => part.secrets);
  if (read.length !== parts.length || secrets.length !== announced.secret_count) return null;
  return { secrets, profiles: read.flatMap((part) => part.profiles) };
}

async function addRows(
  trx: TenantTransaction,
  batch: ImportBatchRow,
  secrets: readonly ReadSecret[],
  isAgentOld: boolean,
): Promise<number> {
  const known = await listSubscriptionsNamed(trx, secrets.map((secret) => secret.name));
  const reviewed = findIssues(secrets, {
    onThisRouter: new Set(known.filter((k) => k.router_id === batch.router_id).map(accountOf)),
    isAgentOld,
    elsewhere: new Map(
      known.filter((k) => k.router_id !== batch.router_id).map((k) => [k.ppp_name, k.router_name]),
    ),
  });
  await insertImportRows(
    trx,
    batch.id,
    reviewed.map((row) => {
      const facts = parseComment(row.comment);
      return {
        ppp_name: row.name,
        profile: row.profile,
        is_disabled: row.disabled,
        comment: row.comment,
        caller_id: row.callerId,
        service: row.service ?? null,
        name: facts.name ?? clip(readableText(row.name), CONTACT_MAX.name),
        phone: facts.phone,
        decision: row.decision,
        issue: row.issue,
      };
    }),
  );
  return reviewed.length;
}

function readSecretOf(secret: ImportedSecret): ReadSecret {
  const { name, profile, disabled, comment, caller_id: callerId, service } = secret;
  return { name, profile, disabled, comment, callerId, service };
}
