import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import {
  clearMailProblem,
  deleteMailServer,
  lockMailServer,
  type MailServerRow,
  upsertMailServer,
} from "@/web/store/mail/mail_servers.ts";
import { refuseUnasked, type UnaskedCode } from "../approvals/refuse_unasked.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import {
  isMailKeyChange,
  type MailInputCode,
  type MailServerInput,
  type MailServerPlan,
  planMailServer,
  type SecretChange,
} from "../mail/mail_input.ts";
import { type MailSecretColumn, mailSecretPlace } from "../mail/open_mail_server.ts";
import { sealSecret } from "../secrets/mod.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** A mail server to be saved, over the settings that its form showed. */
export type MailToSave = MailServerInput & {
  /** Of the form; 0 when nobody had saved yet. */
  revision: number;
};

/** Why the mail server stays as it is. */
export type SaveMailCode = "row_changed" | MailInputCode;

/** Sets the mail server; where it needs an approval, nothing but `change_mail.ts` asks for one. */
export async function saveMail(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: MailToSave,
): Promise<Result<null, SaveMailCode | UnaskedCode>> {
  type Code = SaveMailCode | UnaskedCode;
  return await runUseCase<null, Code>(context, tenantId, actor, async (useCase) => {
    const planned = await planSave(useCase, input);
    if (!planned.ok) return planned;
    const { plan, before } = planned.value;
    const kept = isMailKeyChange(plan, before) ? await refuseUnasked(useCase, "mail_keys", {}) : null;
    return kept ?? await saveMailIn(useCase, input);
  });
}

/** The same inside of another use case. What stopped mail before is forgotten, so that it goes on at once. */
export async function saveMailIn(useCase: UseCase, input: MailToSave): Promise<Result<null, SaveMailCode>> {
  const { trx, actor, at, business, live } = useCase;
  const planned = await planSave(useCase, input);
  if (!planned.ok) return planned;
  const { plan: { columns, secrets }, before } = planned.value;
  await upsertMailServer(trx, {
    ...columns,
    ...await sealTyped(useCase, secrets),
    revision: input.revision + 1,
    saved_at: at,
    saved_by: actor.label,
  });
  await clearMailProblem(trx, at);
  await recordAudit(trx, actor, {
    action: "settings.mail_saved",
    subjectKind: "tenant",
    subjectId: trx.tenantId,
    summary: coded("audit_mail_saved", { server: columns.host }),
    details: detailsOf(before, columns, secrets),
    at,
    businessOn: business.today,
  });
  live(["mail"]);
  return ok(null);
}

async function planSave(
  { trx, isManyTenants }: UseCase,
  input: MailToSave,
): Promise<Result<{ plan: MailServerPlan; before: MailServerRow | null }, SaveMailCode>> {
  const before = await lockMailServer(trx);
  if ((before?.revision ?? 0) !== input.revision) return err("row_changed");
  const plan = planMailServer(input, before, { isManyTenants });
  return plan.ok ? ok({ plan: plan.value, before }) : plan;
}

/** Takes the mail server away; where that needs an approval, nothing but `change_mail.ts` asks for one. */
export async function removeMail(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
): Promise<Result<null, "mail_server_gone" | UnaskedCode>> {
  type Code = "mail_server_gone" | UnaskedCode;
  return await runUseCase<null, Code>(
    context,
    tenantId,
    actor,
    async (useCase) => await refuseUnasked(useCase, "mail_keys", {}) ?? await removeMailIn(useCase),
  );
}

/** The same inside of another use case, its secrets with it: from now on nothing is sent. */
export async function removeMailIn(
  { trx, actor, at, business, live }: UseCase,
): Promise<Result<null, "mail_server_gone">> {
  const before = await lockMailServer(trx);
  if (before === null) return err("mail_server_gone");
  await deleteMailServer(trx);
  await clearMailProblem(trx, at);
  await recordAudit(trx, actor, {
    action: "settings.mail_removed",
    subjectKind: "tenant",
    subjectId: trx.tenantId,
    summary: coded("audit_mail_removed", { server: before.host }),
    at,
    businessOn: business.today,
  });
  live(["mail"]);
  return ok(null);
}

/** The sealed columns that change; one that is kept is not among them. */
async function sealTyped(
  { trx, masterKeys }: UseCase,
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
