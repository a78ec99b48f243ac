import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import {
  clearMailProblem,
  deleteMailServer,
  lockMailServer,
  type MailServerRow,
  upsertMailServer,
} from "@/web/store/mail/mail_servers.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import {
  type MailInputCode,
  type MailServerInput,
  type MailServerPlan,
  planMailServer,
  type SecretChange,
} from "../mail/mail_input.ts";
import { type MailSecretColumn, mailSecretPlace } from "../mail/open_mail_server.ts";
import { sealSecret } from "../secrets/mod.ts";
import { runUseCase } from "../use_case.ts";

/** Sets the mail server. What stopped mail before is forgotten, so that it goes on at once. */
export async function saveMail(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: MailServerInput & {
    /** Of the form; 0 when nobody had saved yet. */
    revision: number;
  },
): Promise<Result<null, "row_changed" | MailInputCode>> {
  return await runUseCase(context, tenantId, actor, async ({ trx, at, business, live }) => {
    const before = await lockMailServer(trx);
    if ((before?.revision ?? 0) !== input.revision) return err("row_changed");
    const plan = planMailServer(input, before, { isManyTenants: context.isManyTenants ?? false });
    if (!plan.ok) return plan;
    const { columns, secrets } = plan.value;
    await upsertMailServer(trx, {
      ...columns,
      ...await sealTyped(trx, context, secrets),
      revision: input.revision + 1,
      saved_at: at,
      saved_by: actor.label,
    });
    await clearMailProblem(trx, at);
    await recordAudit(trx, actor, {
      action: "settings.mail_saved",
      subjectKind: "tenant",
      subjectId: tenantId,
      summary: coded("audit_mail_saved", { server: columns.host }),
      details: detailsOf(before, columns, secrets),
      at,
      businessOn: business.today,
    });
    live(["mail"]);
    return ok(null);
  });
}

/** Takes the mail server away with its secrets: from now on nothing is sent. */
export async function removeMail(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
): Promise<Result<null, "mail_server_gone">> {
  return await runUseCase(context, tenantId, actor, async ({ trx, at, business, live }) => {
    const before = await lockMailServer(trx);
    if (before === null) return err("mail_server_gone");
    await deleteMailServer(trx);
    await clearMailProblem(trx, at);
    await recordAudit(trx, actor, {
      action: "settings.mail_removed",
      subjectKind: "tenant",
      subjectId: tenantId,
      summary: coded("audit_mail_removed", { server: before.host }),
      at,
      businessOn: business.today,
    });
    live(["mail"]);
    return ok(null);
  });
}

/** The sealed columns that change; one that is kept is not among them. */
async function sealTyped(
  trx: TenantTransaction,
  { masterKeys }: ServiceContext,
  secrets: MailServerPlan["secrets"],
): Promise<Partial<Record<MailSecretColumn, string | null>>> {
  if (masterKeys === undefined) throw new Error("Cannot save a mail server: this process has no master keys");
  const changed: Partial<Record<MailSecretColumn, string | null>> = {};
  for (const [column, change] of Object.entries(secrets) as [MailSecretColumn, SecretChange][]) {
    if (change.kind === "none") changed[column] = null;
    if (change.kind === "typed") {
      changed[column] = await sealSecret(trx, masterKeys, mailSecretPlace(trx, column), change.text);
    }
  }
  return changed;
}

/** What changed; of secrets only that they did. */
function detailsOf(
  before: MailServerRow | null,
  after: MailServerPlan["columns"],
  secrets: MailServerPlan["secrets"],
): Record<string, unknown> {
  const names = (Object.keys(after) as (keyof MailServerPlan["columns"])[])
    .filter((name) => before?.[name] !== after[name]);
  const pick = (from: MailServerPlan["columns"]) =>
    Object.fromEntries(names.map((name) => [name, from[name]]));
  return {
    before: before === null ? null : pick(before),
    after: pick(after),
    login: Object.values(secrets).some(({ kind }) => kind === "typed")
      ? "typed"
      : Object.values(secrets).some(({ kind }) => kind === "kept")
      ? "kept"
      : "none",
  };
}
