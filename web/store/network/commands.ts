import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { sql } from "kysely";
import type { CommandKind } from "@/shared/protocol/mod.ts";
import { announceLive } from "../live/live_topics.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Something an agent was asked to do once. */
export interface CommandRow {
  id: string;
  agent_id: string;
  router_id: string | null;
  kind: CommandKind;
  /** Parsed with `commandSpecs` where it is read. */
  arguments: unknown;
  status: "queued" | "sent" | "done" | "failed" | "expired" | "outcome_unknown";
  requested_by: string;
  requested_at: Temporal.Instant;
  not_after_at: Temporal.Instant;
  sent_at: Temporal.Instant | null;
  finished_at: Temporal.Instant | null;
  /** Parsed with `commandSpecs` where it is read. */
  result: unknown;
  error_code: string | null;
  /** Sentence for the person who asked. */
  error_message: string | null;
}

const COLUMNS = [
  "id",
  "agent_id",
  "router_id",
  "kind",
  "arguments",
  "status",
  "requested_by",
  "requested_at",
  "not_after_at",
  "sent_at",
  "finished_at",
  "result",
  "error_code",
  "error_message",
] as const;

/** A sealed PPP password is kept as long as its command may run and not longer. */
const WITHOUT_PASSWORD = sql<string>`arguments - 'sealed_password'`;

export async function insertCommand(
  trx: TenantTransaction,
  command: Pick<
    CommandRow,
    "id" | "agent_id" | "router_id" | "kind" | "arguments" | "requested_by" | "requested_at" | "not_after_at"
  >,
): Promise<void> {
  await trx.insertInto("commands").values({
    ...command,
    arguments: JSON.stringify(command.arguments),
    tenant_id: trx.tenantId,
    sent_at: null,
    finished_at: null,
    result: null,
    error_code: null,
    error_message: null,
  }).execute();
  announceCommand(trx, command);
}

/** Whoever shows the router looks again; of several routers each is named once. */
function announceCommand(trx: TenantTransaction, command: Pick<CommandRow, "router_id"> | undefined): void {
  if (command?.router_id) announceLive(trx, [`router:${command.router_id}`]);
}

export async function findCommand(trx: TenantTransaction, commandId: string): Promise<CommandRow | null> {
  const row = await trx.selectFrom("commands").select(COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("id", "=", commandId).executeTakeFirst();
  return row === undefined ? null : { ...row, kind: row.kind as CommandKind };
}

/** Commands of a router, newest first. */
export async function listRouterCommands(
  trx: TenantTransaction,
  routerId: string,
  limit: number,
): Promise<CommandRow[]> {
  const rows = await trx.selectFrom("commands").select(COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("router_id", "=", routerId)
    .orderBy("requested_at", "desc").limit(limit).execute();
  return rows.map((row) => ({ ...row, kind: row.kind as CommandKind }));
}

/** What the agent still has to do, oldest first. */
export async function listOpenCommands(
  trx: TenantTransaction,
  agentId: string,
  now: Temporal.Instant,
): Promise<CommandRow[]> {
  const rows = await trx.selectFrom("commands").select(COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("agent_id", "=", agentId)
    .where("status", "in", ["queued", "sent"]).where("not_after_at", ">", now)
    .orderBy("requested_at").orderBy("id").limit(200).execute();
  return rows.map((row) => ({ ...row, kind: row.kind as CommandKind }));
}

/** Commands that a person took back and whose deadline is still ahead. */
export async function listWithdrawnCommandIds(
  trx: TenantTransaction,
  agentId: string,
  now: Temporal.Instant,
): Promise<string[]> {
  const rows = await trx.selectFrom("commands").select("id")
    .where("tenant_id", "=", trx.tenantId).where("agent_id", "=", agentId)
    .where("error_code", "=", "withdrawn").where("not_after_at", ">", now)
    .orderBy("requested_at", "desc").limit(100).execute();
  return rows.map((row) => row.id);
}

/** Takes a command back that is not finished. @returns false when it was finished meanwhile */
export async function updateCommandWithdrawn(
  trx: TenantTransaction,
  commandId: string,
  withdrawn: { message: string; now: Temporal.Instant },
): Promise<boolean> {
  const { numUpdatedRows } = await trx.updateTable("commands")
    .set({
      status: "failed",
      finished_at: withdrawn.now,
      error_code: "withdrawn",
      error_message: withdrawn.message,
      arguments: WITHOUT_PASSWORD,
    })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", commandId)
    .where("status", "in", ["queued", "sent"]).executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Whether such a command is already on its way. */
export async function findOpenCommand(
  trx: TenantTransaction,
  routerId: string,
  wanted: { kind: CommandKind; now: Temporal.Instant },
): Promise<CommandRow | null> {
  const row = await trx.selectFrom("commands").select(COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("router_id", "=", routerId).where("kind", "=", wanted.kind)
    .where("status", "in", ["queued", "sent"]).where("not_after_at", ">", wanted.now)
    .orderBy("requested_at", "desc").limit(1).executeTakeFirst();
  return row === undefined ? null : { ...row, kind: row.kind as CommandKind };
}

/** The last answer that somebody gave to a question of a router's agent. */
export async function findLastAnswer(
  trx: TenantTransaction,
  routerId: string,
  questionId: string,
): Promise<CommandRow | null> {
  const row = await trx.selectFrom("commands").select(COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("router_id", "=", routerId)
    .where("kind", "=", "router.answer").where(sql`arguments ->> 'question_id'`, "=", questionId)
    .orderBy("requested_at", "desc").orderBy("id", "desc").limit(1).executeTakeFirst();
  return row === undefined ? null : { ...row, kind: row.kind as CommandKind };
}

export async function updateCommandSent(
  trx: TenantTransaction,
  agentId: string,
  sent: { id: string; now: Temporal.Instant },
): Promise<void> {
  const row = await trx.updateTable("commands").set({ status: "sent", sent_at: sent.now })
    .where("tenant_id", "=", trx.tenantId).where("agent_id", "=", agentId).where("id", "=", sent.id)
    .where("status", "=", "queued").returning("router_id").executeTakeFirst();
  announceCommand(trx, row);
}

/** Keeps a result; the first final one stays, so that a repeated report changes nothing. @returns the command when it is news */
export async function updateCommandFinished(
  trx: TenantTransaction,
  agentId: string,
  finish: {
    id: string;
    status: "done" | "failed" | "expired" | "outcome_unknown";
    result: unknown;
    errorCode: string | null;
    errorMessage: string | null;
    /** What these kinds did is there, however late we hear of it. */
    lateKinds: readonly CommandKind[];
    now: Temporal.Instant;
  },
): Promise<CommandRow | null> {
  const row = await trx.updateTable("commands")
    .set({
      status: finish.status,
      finished_at: finish.now,
      result: finish.result === undefined ? null : JSON.stringify(finish.result),
      error_code: finish.errorCode,
      error_message: finish.errorMessage,
      arguments: WITHOUT_PASSWORD,
    })
    .where("tenant_id", "=", trx.tenantId).where("agent_id", "=", agentId).where("id", "=", finish.id)
    .where((eb) =>
      eb.or([
        eb("status", "in", ["queued", "sent"]),
        eb.and([
          eb.val(finish.status === "done"),
          eb("kind", "in", finish.lateKinds),
          eb("status", "in", ["failed", "expired"]),
        ]),
      ])
    )
    .returning(COLUMNS).executeTakeFirst();
  announceCommand(trx, row);
  return row === undefined ? null : { ...row, kind: row.kind as CommandKind };
}

const NOT_CONNECTED = formatCoded(coded("agent_not_connected"));
const NO_ANSWER = formatCoded(coded("agent_no_answer"));

/** Closes what an agent, or any agent of the tenant, did not do in time. @returns the commands that were closed */
export async function expireCommands(
  trx: TenantTransaction,
  agentId: string | null,
  times: { queuedBefore: Temporal.Instant; sentBefore: Temporal.Instant; now: Temporal.Instant },
): Promise<CommandRow[]> {
  const whose = agentId === null ? sql`true` : sql`agent_id = ${agentId}`;
  const { rows } = await sql<CommandRow>`
    update commands set status = 'expired', finished_at = ${times.now}, error_code = 'no_answer',
      arguments = arguments - 'sealed_password',
      error_message = case status when 'queued' then ${NOT_CONNECTED} else ${NO_ANSWER} end
    where tenant_id = ${trx.tenantId} and ${whose}
      and ((status = 'queued' and not_after_at < ${times.queuedBefore})
        or (status = 'sent' and not_after_at < ${times.sentBefore}))
    returning ${sql.join(COLUMNS.map((column) => sql.ref(column)))}`.execute(trx);
  for (const row of rows) announceCommand(trx, row);
  return rows;
}

/** Closes what a revoked agent will never do. @returns the commands that were closed */
export async function updateCommandsOfRevoked(
  trx: TenantTransaction,
  agentId: string,
  revoked: { message: string; now: Temporal.Instant },
): Promise<CommandRow[]> {
  const rows = await trx.updateTable("commands")
    .set({
      status: "failed",
      finished_at: revoked.now,
      error_code: "agent_revoked",
      error_message: revoked.message,
      arguments: WITHOUT_PASSWORD,
    })
    .where("tenant_id", "=", trx.tenantId).where("agent_id", "=", agentId)
    .where("status", "in", ["queued", "sent"]).returning(COLUMNS).execute();
  for (const row of rows) announceCommand(trx, row);
  return rows.map((row) => ({ ...row, kind: row.kind as CommandKind }));
}

/** A command of this agent that waits for its answer. */
export async function findOpenCommandOfAgent(
  trx: TenantTransaction,
  agentId: string,
  commandId: string,
): Promise<CommandRow | null> {
  const row = await trx.selectFrom("commands").select(COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("agent_id", "=", agentId).where("id", "=", commandId)
    .where("status", "in", ["queued", "sent"]).executeTakeFirst();
  return row === undefined ? null : { ...row, kind: row.kind as CommandKind };
}

/**
 * Rows that belong to a command's result; a repeated part replaces itself.
 *
 * @returns false when all parts together would be more than `mostBytes`
 */
export async function upsertCommandPart(
  trx: TenantTransaction,
  part: { commandId: string; part: number; content: unknown; mostBytes: number },
): Promise<boolean> {
  const text = JSON.stringify(part.content);
  const bytes = new TextEncoder().encode(text).length;
  const { numAffectedRows } = await sql`
    insert into command_parts (tenant_id, command_id, part, content, bytes)
    select ${trx.tenantId}::uuid, ${part.commandId}::uuid, ${part.part}::integer, ${text}::jsonb, ${bytes}::integer
    from command_parts other
    where other.tenant_id = ${trx.tenantId} and other.command_id = ${part.commandId} and other.part <> ${part.part}
    having coalesce(sum(other.bytes), 0) + ${bytes} <= ${part.mostBytes}
    on conflict (tenant_id, command_id, part) do update set content = excluded.content, bytes = excluded.bytes`
    .execute(trx);
  return numAffectedRows === 1n;
}

export async function listCommandParts(trx: TenantTransaction, commandId: string): Promise<unknown[]> {
  const rows = await trx.selectFrom("command_parts").select("content")
    .where("tenant_id", "=", trx.tenantId).where("command_id", "=", commandId).orderBy("part").execute();
  return rows.map((row) => row.content);
}

export async function deleteCommandParts(trx: TenantTransaction, commandId: string): Promise<void> {
  await trx.deleteFrom("command_parts")
    .where("tenant_id", "=", trx.tenantId).where("command_id", "=", commandId).execute();
}
