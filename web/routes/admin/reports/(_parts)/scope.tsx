import { useT } from "@/web/components/i18n.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { ReportScope } from "@/web/store/billing/counted_entries.ts";
import { listPlans } from "@/web/store/billing/plans.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { listSiteOverview } from "@/web/store/network/sites.ts";

/** Names of the sites and plans that a report can be narrowed to. */
export interface ScopeChoices {
  sites: readonly { id: string; name: string }[];
  plans: readonly { id: string; name: string }[];
}

/** Names in the address that {@linkcode ScopeSelects} has controls for. */
export const SCOPE_NAMES = ["site", "plan"] as const;

interface ScopeQuery {
  site?: string | undefined;
  plan?: string | undefined;
}

/** What an address narrows a report to. */
export function scopeOf({ site, plan }: ScopeQuery): ReportScope {
  return { siteId: site, planId: plan };
}

/** Reads what can be chosen. */
export async function readScopeChoices(trx: TenantTransaction): Promise<ScopeChoices> {
  return { sites: await listSiteOverview(trx), plans: await listPlans(trx, { withArchived: true }) };
}

/** The words of a scope among the active filters. */
export function scopeWords(t: Translate, { site, plan }: ScopeQuery, { sites, plans }: ScopeChoices) {
  const nameIn = (rows: ScopeChoices["sites"], id: string) => rows.find((row) => row.id === id)?.name ?? "?";
  return {
    site: site && t("tables.by_site", { name: nameIn(sites, site) }),
    plan: plan && t("tables.by_plan", { name: nameIn(plans, plan) }),
  };
}

/** Site and plan in the form of a report, where there is a choice. */
export function ScopeSelects(
  { query, choices: { sites, plans } }: { query: ScopeQuery; choices: ScopeChoices },
) {
  const t = useT();
  return (
    <>
      {sites.length > 1 && (
        <Choice
          name="site"
          label={t("tables.site")}
          all={t("tables.all_sites")}
          rows={sites}
          value={query.site}
        />
      )}
      {plans.length > 1 && (
        <Choice
          name="plan"
          label={t("tables.plan")}
          all={t("reports.all_plans")}
          rows={plans}
          value={query.plan}
        />
      )}
    </>
  );
}

interface ChoiceProps {
  name: string;
  label: string;
  /** What no choice means. */
  all?: string | undefined;
  rows: readonly { id: string; name: string }[];
  value: string | undefined;
}

/** A select in the form of a list. */
export function Choice({ name, label, all, rows, value }: ChoiceProps) {
  return (
    <select class="input input-short" name={name} aria-label={label}>
      {all !== undefined && <option value="">{all}</option>}
      {rows.map((row) => <option key={row.id} value={row.id} selected={row.id === value}>{row.name}</option>)}
    </select>
  );
}

/** One day in the form of a report. */
export function DayField({ day }: { day: Temporal.PlainDate | undefined }) {
  const t = useT();
  return (
    <div class="span-fields">
      <label>
        <span>{t("account.as_of_field")}</span>
        <input class="input" type="date" name="on" value={day?.toString()} />
      </label>
    </div>
  );
}
