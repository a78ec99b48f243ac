import { centavos } from "@/shared/money/mod.ts";
import { coded } from "@/shared/codes/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { TAX_MAX } from "@/web/domain/billing/limits.ts";
import { askedFor, formatBasisPoints, parseTin, taxBill, type TaxTerms } from "@/web/domain/billing/mod.ts";
import { findUsualPrice } from "@/web/store/billing/plans.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { lastSave, lockTenant, updateSettings } from "@/web/store/settings/settings.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { recordAudit } from "../audit.ts";
import { taxTermsOn } from "../billing/tax_terms.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";

/** How a company is taxed and registered, as it is typed. */
export interface TaxInput extends TaxTerms {
  /** First day. */
  fromOn: Temporal.PlainDate;
  tin: string | null;
  registeredName: string | null;
}

/** Why it is not saved. */
export type SaveTaxCode =
  | "row_changed"
  | "tax_rate_out_of_range"
  | "tax_from_past"
  | "tax_from_too_far"
  | "tax_effect"
  | "tax_needs_registration"
  | "tin_invalid";

/**
 * Says how bills are taxed from a day on. Bills that were issued keep what they have; a change that is still to come is
 * replaced by this one.
 */
export async function saveTax(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: TaxInput & {
    revision: number;
    /** The person has seen what it does to a bill. */
    isEffectSeen: boolean;
  },
): Promise<Result<{ isUnchanged: boolean }, SaveTaxCode>> {
  return await runUseCase<{ isUnchanged: boolean }, SaveTaxCode>(
    context,
    tenantId,
    actor,
    async ({ trx, at, business }) => {
      const tenant = await lockTenant(trx);
      if ((lastSave(tenant, "tax")?.revision ?? 0) !== input.revision) return err("row_changed");
      const refusal = checkTax(input, business.today);
      if (refusal !== null) return refusal;
      const before = columnsNow(tenant);
      const after = { ...taxAfter(tenant, input, business.today), ...registrationOf(input) };
      const isSame = (name: keyof typeof after) => String(after[name]) === String(before[name]);
      const changed = (Object.keys(after) as (keyof typeof after)[]).filter((name) => !isSame(name));
      if (changed.length === 0) return ok({ isUnchanged: true });
      const effect = await effectOf(trx, tenant, input, business.today);
      if (effect !== null && !input.isEffectSeen) return err("tax_effect", effect);
      await updateSettings(trx, "tax", after, { revision: input.revision + 1, by: actor.label, at });
      const isTaxChanged = changed.some((name) => name !== "tin" && name !== "registered_name");
      const pick = (from: typeof after) => Object.fromEntries(changed.map((name) => [name, from[name]]));
      await recordAudit(trx, actor, {
        action: "settings.tax_saved",
        subjectKind: "tenant",
        subjectId: tenantId,
        summary: isTaxChanged
          ? coded("audit_tax_saved", {
            mode: input.mode,
            rate: formatBasisPoints(input.rateBp),
            from: after.tax_from_on ?? input.fromOn,
          })
          : coded("audit_registration_saved"),
        details: { before: pick(before), after: pick(after) },
        at,
        businessOn: business.today,
      });
      return ok({ isUnchanged: false });
    },
  );
}

/** What a bill of the plan that most are on asks for today, and what it will; null where nothing changes. */
async function effectOf(
  trx: TenantTransaction,
  tenant: TenantRow,
  { mode, rateBp, fromOn }: TaxInput,
  today: Temporal.PlainDate,
) {
  const now = taxTermsOn(tenant, today);
  const isSame = now.mode === mode && (mode === "non_vat" || now.rateBp === rateBp);
  if (isSame) return null;
  const price = centavos(await findUsualPrice(trx) ?? 100_000n);
  const then = taxBill(mode, [price], rateBp);
  return {
    mode,
    price,
    before: askedFor(now, price),
    after: then.totalCentavos,
    vat: then.vatCentavos,
    from: fromOn,
  };
}

/** What stands against saving it on a day; null where nothing does. */
export function checkTax(input: TaxInput, today: Temporal.PlainDate): Failure<SaveTaxCode> | null {
  const { mode, rateBp, fromOn, tin, registeredName } = input;
  if (!Number.isInteger(rateBp) || rateBp < 1 || rateBp > TAX_MAX.rateBp) {
    return err("tax_rate_out_of_range", { max: TAX_MAX.rateBp / 100 });
  }
  if (Temporal.PlainDate.compare(fromOn, today) < 0) return err("tax_from_past", { today });
  const last = today.add({ days: TAX_MAX.daysAhead });
  if (Temporal.PlainDate.compare(fromOn, last) > 0) return err("tax_from_too_far", { last });
  if (tin !== null && parseTin(tin) === null) return err("tin_invalid");
  const isRegistered = tin !== null && registeredName !== null;
  return mode !== "non_vat" && !isRegistered ? err("tax_needs_registration") : null;
}

/** What holds now, and from its day on what was asked for: with nothing new about it no day is written. */
function taxAfter(tenant: TenantRow, { mode, rateBp, fromOn }: TaxInput, today: Temporal.PlainDate) {
  const now = taxTermsOn(tenant, today);
  const isNew = now.mode !== mode || now.rateBp !== rateBp;
  const hasBegun = tenant.tax_from_on !== null && Temporal.PlainDate.compare(tenant.tax_from_on, today) <= 0;
  if (!isNew) {
    // Back to what holds: a change that was to come is taken back.
    const isKept = hasBegun || tenant.tax_from_on === null;
    return {
      tax_mode: mode,
      vat_rate_bp: rateBp,
      tax_from_on: isKept ? tenant.tax_from_on : null,
      tax_mode_before: isKept ? tenant.tax_mode_before : mode,
      vat_rate_bp_before: isKept ? tenant.vat_rate_bp_before : rateBp,
    };
  }
  return {
    tax_mode: mode,
    vat_rate_bp: rateBp,
    tax_from_on: fromOn,
    tax_mode_before: now.mode,
    vat_rate_bp_before: now.rateBp,
  };
}

function registrationOf({ tin, registeredName }: TaxInput) {
  return { tin: tin === null ? null : parseTin(tin), registered_name: registeredName };
}

function columnsNow(tenant: TenantRow) {
  const { tax_mode, vat_rate_bp, tax_from_on, tax_mode_before, vat_rate_bp_before, tin, registered_name } =
    tenant;
  return { tax_mode, vat_rate_bp, tax_from_on, tax_mode_before, vat_rate_bp_before, tin, registered_name };
}
