import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { formatCentavosPlain } from "@/shared/money/mod.ts";
import { type BillingSettings, changedSettings, findImpossible } from "@/web/domain/settings/mod.ts";
import { announceLive } from "@/web/store/live/live_topics.ts";
import {
  billingSettingsOf,
  lastSave,
  lockTenant,
  pinCycleDays,
  type SettingsSave,
  toTenantColumns,
  updateSettings,
} from "@/web/store/settings/settings.ts";
import { updateSetupStep } from "@/web/store/settings/setup_progress.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";

/** What was saved. */
export interface SavedBillingSettings {
  /** Settings that differ from before. */
  changed: (keyof BillingSettings)[];
  /** Connections that kept the old cycle day by getting it as their own. */
  pinned: number;
}

/**
 * Saves the billing settings. Issued bills stay as they are; connections keep their billing day and their timing. A
 * save in between by somebody else refuses this one.
 */
export async function saveBillingSettings(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: {
    /** Of the form; 0 when nobody had saved yet. */
    revision: number;
    settings: BillingSettings;
  },
): Promise<Result<SavedBillingSettings, "row_changed" | "settings_impossible">> {
  const { settings, revision } = input;
  if (findImpossible(settings).length > 0) {
    return err("settings_impossible");
  }
  return await runUseCase(context, tenantId, actor, async ({ trx, at, business }) => {
    const tenant = await lockTenant(trx);
    const last = lastSave(tenant, "billing");
    if ((last?.revision ?? 0) !== revision) {
      return err("row_changed");
    }
    const before = billingSettingsOf(tenant);
    const changed = changedSettings(before, settings);
    await updateSetupStep(trx, "billing", "done");
    if (changed.length === 0) return ok({ changed, pinned: 0 });
    const movesCycle = changed.includes("cycleDay") || changed.includes("cycleAnchor");
    const pinned = movesCycle ? await pinCycleDays(trx, before.cycleDay) : 0;
    const save: SettingsSave = { revision: revision + 1, by: actor.label, at };
    const columns = toTenantColumns(settings);
    // What was charged under the policy of before stays charged.
    const since = changed.includes("suspendedPolicy") ? { suspended_policy_on: business.today } : {};
    await updateSettings(trx, "billing", { ...columns, ...since }, save);
    await announceLive(trx, ["tonight", "money"]);
    await recordAudit(trx, actor, {
      action: "settings.billing_saved",
      subjectKind: "tenant",
      subjectId: tenantId,
      summary: coded("audit_rules_changed", {
        rules: changed.map((rule) => coded("audit_rule", { rule })),
      }),
      details: {
        before: pick(before, changed),
        after: pick(settings, changed),
        connections_kept: pinned,
      },
      at,
      businessOn: business.today,
    });
    return ok({ changed, pinned });
  });
}

function pick(settings: BillingSettings, names: readonly (keyof BillingSettings)[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, plain(settings, name)]));
}

function plain(settings: BillingSettings, name: keyof BillingSettings): unknown {
  const value = settings[name];
  if (typeof value === "bigint") return formatCentavosPlain(value);
  return Array.isArray(value) ? value.map(String) : value;
}
