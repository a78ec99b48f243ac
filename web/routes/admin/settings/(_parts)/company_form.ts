import { readInput, requireSession } from "@/web/app/input.ts";
import type { AppState } from "@/web/app/state.ts";
import { companyForm } from "@/web/route_table/settings.ts";
import { saveCompany } from "@/web/services/settings/save_company.ts";
import { lastSave } from "@/web/store/settings/settings.ts";
import { findLogoDate } from "@/web/store/settings/tenant_logos.ts";
import { actorOf, momentOf, readPage, typed } from "@/web/app/page_context.ts";
import { sayProblems } from "@/web/app/say.ts";

/** Company and brand as the form shows them. */
export interface CompanyData {
  values: Record<"revision" | "name" | "phone" | "email" | "address" | "brandColour", string>;
  problems: Record<string, string>;
  /** When the logo was put there; null when there is none. */
  logoAt: Temporal.Instant | null;
  done: string | undefined;
}

/** The form as it is saved. */
export async function loadCompany(state: AppState, done?: string): Promise<CompanyData> {
  const { tenant } = momentOf(state);
  return {
    values: {
      revision: String(lastSave(tenant, "company")?.revision ?? 0),
      name: tenant.name,
      phone: tenant.phone ?? "",
      email: tenant.email ?? "",
      address: tenant.address ?? "",
      brandColour: tenant.brand_colour ?? "",
    },
    problems: {},
    logoAt: await readPage(state, findLogoDate),
    done,
  };
}

/** Saves what was sent; null when it is saved, else the form with what is wrong. */
export async function sendCompany(
  state: AppState,
): Promise<{ data: CompanyData; status: 409 | 422 } | null> {
  if (state.inputProblems !== null) return await refused(state, state.inputProblems, 422);
  const form = readInput(state, companyForm);
  const { removeLogo, ...fields } = form;
  const result = await saveCompany(state.services, requireSession(state).tenantId, actorOf(state), {
    ...fields,
    logo: removeLogo ? null : state.inputFiles.logo,
  });
  if (result.ok) return null;
  if (result.code === "changed_meanwhile") {
    const name = lastSave(momentOf(state).tenant, "company")?.by ?? "";
    return await refused(state, { "": state.t("settings.changed_meanwhile", { name }) }, 409);
  }
  return await refused(state, { logo: state.t(`settings.error_${result.code}`) }, 422);
}

async function refused(
  state: AppState,
  problems: Record<string, string>,
  status: 409 | 422,
): Promise<{ data: CompanyData; status: 409 | 422 }> {
  const data = await loadCompany(state);
  const values = {
    revision: data.values.revision,
    name: typed(state, "name"),
    phone: typed(state, "phone"),
    email: typed(state, "email"),
    address: typed(state, "address"),
    brandColour: typed(state, "brandColour"),
  };
  return { data: { ...data, values, problems: sayProblems(state.t, problems) }, status };
}
