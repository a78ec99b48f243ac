import { sql } from "kysely";
import { z } from "zod";
import {
  nextSetupStep,
  SETUP_STEPS,
  type SetupFacts,
  type SetupProgress,
  setupStates,
  type SetupStep,
} from "@/web/domain/settings/mod.ts";
import { lastSave } from "./settings.ts";
import type { TenantRow } from "./tenants.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

const progress = z.partialRecord(z.enum(SETUP_STEPS), z.enum(["done", "skipped"]));

/** What became of the steps of the first set-up. */
export function setupProgressOf(tenant: TenantRow): SetupProgress {
  const { company, billing, router, import: imported } = progress.parse(tenant.setup_progress);
  return Object.fromEntries(
    Object.entries({ company, billing, router, import: imported }).filter(([, state]) => state !== undefined),
  );
}

/** What the ISP has already. */
export async function readSetupFacts(trx: TenantTransaction, tenant: TenantRow): Promise<SetupFacts> {
  const id = trx.tenantId;
  const { rows } = await sql<
    Omit<SetupFacts, "isCompanySaved" | "isBillingSaved" | "hasBill" | "hasMailServer"> & {
      has_bill: boolean;
      has_mail_server: boolean;
    }
  >`
    select (select count(*)::int from sites where tenant_id = ${id} and archived_at is null) as sites,
      (select count(*)::int from agents where tenant_id = ${id} and revoked_at is null) as agents,
      (select count(*)::int from routers where tenant_id = ${id} and archived_at is null) as routers,
      (select count(*)::int from (select from subscribers where tenant_id = ${id} limit 1) first) as subscribers,
      exists (select from bills where tenant_id = ${id})  as has_bill,
      exists (select from mail_servers where tenant_id = ${id}) as has_mail_server`.execute(trx);
  const [row] = rows;
  if (row === undefined) throw new Error("Cannot read how far the set-up is: the query gave no row");
  const { has_bill: hasBill, has_mail_server: hasMailServer, ...counts } = row;
  const wasDone = setupProgressOf(tenant);
  return {
    ...counts,
    hasBill,
    hasMailServer,
    isCompanySaved: lastSave(tenant, "company") !== null || wasDone.company === "done",
    isBillingSaved: lastSave(tenant, "billing") !== null || wasDone.billing === "done",
  };
}

/** Where a set-up that was begun goes on; null when it is over, was dismissed, or the ISP bills already. */
export async function findOpenSetupStep(
  trx: TenantTransaction,
  tenant: TenantRow,
): Promise<SetupStep | null> {
  if (!hasOpenSetup(tenant)) return null;
  const facts = await readSetupFacts(trx, tenant);
  return facts.hasBill ? null : nextSetupStep(setupStates(setupProgressOf(tenant), facts));
}

/** Whether a set-up was begun and neither finished nor dismissed, as far as the tenant itself tells. */
export function hasOpenSetup(tenant: TenantRow): boolean {
  const known = setupProgressOf(tenant);
  const isOver = tenant.checklist_dismissed_at !== null || known.import !== undefined;
  return !isOver && Object.keys(known).length > 0;
}

/** Writes down what became of a step. */
export async function updateSetupStep(
  trx: TenantTransaction,
  step: SetupStep,
  state: "done" | "skipped",
): Promise<void> {
  await trx.updateTable("tenants")
    .set({ setup_progress: sql`setup_progress || ${JSON.stringify({ [step]: state })}::jsonb` })
    .where("id", "=", trx.tenantId).execute();
}

/** Takes the checklist off Today. */
export async function updateChecklistDismissed(trx: TenantTransaction, at: Temporal.Instant): Promise<void> {
  await trx.updateTable("tenants").set({ checklist_dismissed_at: at }).where("id", "=", trx.tenantId)
    .execute();
}
