import type { Coded } from "@/shared/codes/mod.ts";
import { ok } from "@/shared/result.ts";
import { recordAudit } from "./audit.ts";
import type { Actor, ServiceContext } from "./context.ts";
import { runUseCase } from "./use_case.ts";

/** What somebody took out of Linya. */
export interface Reading {
  action: "export.file" | "export.statements" | "export.head" | "export.person" | "export.people";
  /** Name of the list or of what else it was. */
  what: string;
  /** The one person that it is all about. */
  subscriberId?: string | undefined;
  summary: Coded;
  details: Record<string, unknown>;
}

/** Writes down that somebody took data of people away: one entry for a file, none for a page that is looked at. */
export async function recordReading(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { action, what, subscriberId, summary, details }: Reading,
): Promise<void> {
  await runUseCase(context, tenantId, actor, async ({ trx, at, business }) => {
    await recordAudit(trx, actor, {
      action,
      subjectKind: "export",
      subjectId: what,
      subscriberId: subscriberId ?? null,
      summary,
      details,
      at,
      businessOn: business.today,
    });
    return ok(null);
  });
}
