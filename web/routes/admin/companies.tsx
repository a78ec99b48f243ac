import { page } from "fresh";
import { ok } from "@/shared/result.ts";
import { readInput, requireSession } from "@/web/app/form/input.ts";
import { ownPath } from "@/web/app/guard/own_path.ts";
import { clientOf, keepSignedIn } from "@/web/app/guard/session_cookie.ts";
import { stepCookie } from "@/web/app/guard/step_cookie.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { ActionForm, LinkButton } from "@/web/components/form/Button.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { companiesQuery, companyForm } from "@/web/route_table/staff.ts";
import { listWorkplaces, switchCompany } from "@/web/services/access/switch_company.ts";

const PATH = "/admin/companies";

export default define.page<typeof handler>(function CompaniesPage({ data: { workplaces, next }, state }) {
  const { t, csrfToken } = state;
  return (
    <>
      <PageHeader title={t("staff.companies")} lead={t("staff.companies_lead")} />
      <div class="form-row presets">
        {workplaces.map(({ tenantId, name, isHere }) => (
          <Card key={tenantId} title={name} aside={isHere && <span class="note">{t("staff.here")}</span>}>
            {isHere
              ? <LinkButton href={next} kind="primary" wide>{t("staff.stay")}</LinkButton>
              : (
                <ActionForm action={PATH} csrfToken={csrfToken} values={{ tenant: tenantId }} wide>
                  {t("staff.go_to", { company: name })}
                </ActionForm>
              )}
          </Card>
        ))}
      </div>
    </>
  );
});

const action = define.action({
  input: companyForm,
  permission: "signed_in",
  summary: "Go to another company that one works for",
  async submit({ tenant }, { ctx, state }) {
    const { services, security, browsers } = state;
    const session = requireSession(state);
    if (tenant === session.tenantId) return ok(null);
    return await switchCompany(
      { ...services, security, browsers },
      session,
      tenant,
      clientOf("staff", ctx),
    );
  },
  done: (signedIn, { ctx, state }) => {
    if (signedIn !== null && "second" in signedIn) {
      const asked = ctx.redirect("/login/second", 303);
      asked.headers.append("set-cookie", stepCookie("second", state.isHttps, signedIn.second));
      return asked;
    }
    const answer = ctx.redirect("/admin", 303);
    return signedIn === null ? answer : keepSignedIn(answer, "staff", state.isHttps, signedIn);
  },
});

export const route: RouteEntries = {
  ...action.route,
  GET: {
    audience: "staff",
    permission: "signed_in",
    input: companiesQuery,
    summary: "The companies that one works for",
  },
};

export const handler = define.handlers({
  ...action.handler,
  async GET({ state }) {
    const { next } = readInput(state, companiesQuery);
    state.title = state.t("staff.companies");
    const workplaces = await listWorkplaces(state.services, requireSession(state));
    return page({ workplaces, next: ownPath(next ?? "") ?? "/admin" });
  },
});
