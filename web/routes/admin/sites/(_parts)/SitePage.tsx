import type { AppState } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Csrf, HiddenFields } from "@/web/components/form/Csrf.tsx";
import { Disclosure } from "@/web/components/facts/Disclosure.tsx";
import { ErrorSummary } from "@/web/components/form/ErrorSummary.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { may, typed } from "@/web/app/frame/page_context.ts";
import { AgentPill } from "../../(_network)/agent_state.tsx";
import { AgentCard } from "./AgentCard.tsx";
import { AddRouter, RoutersTable } from "./RoutersPart.tsx";
import type { SiteView } from "./load_site.ts";
import { SITE_MAX } from "@/web/domain/network/limits.ts";

/** The page of a site, also with what was wrong in one of its forms. */
export function SitePage({ view, state }: { view: SiteView; state: AppState }) {
  const { site, problems } = view;
  const { t } = state;
  const hasAgent = view.state !== "none";
  return (
    <>
      <PageHeader
        title={site.name}
        back={{ href: "/admin/sites", label: t("network.title") }}
        actions={may(state, "site:write") && (
          <LinkButton href={`/admin/sites/${site.id}/remove`}>{t("network.remove_site_link")}</LinkButton>
        )}
        pills={
          <LiveRegion id="site-agent">
            <AgentPill site={site} now={view.now} zone={view.zone} />
          </LiveRegion>
        }
      />
      <Flash
        done={view.done}
        messages={{
          added: t("network.done_added"),
          renamed: t("network.done_renamed"),
          revoked: t("network.done_revoked"),
          archived: t("network.done_archived"),
        }}
      />
      <ErrorSummary errors={problems} />
      <LiveRegion id="site">
        {hasAgent
          ? (
            <Columns
              main={
                <>
                  {may(state, "router:read") && (
                    <LiveRegion id="site-routers">
                      <RoutersTable view={view} state={state} />
                    </LiveRegion>
                  )}
                  {may(state, "router:write") && <AddRouter view={view} state={state} />}
                </>
              }
              side={
                <>
                  <LiveRegion id="site-link">
                    <AgentCard view={view} state={state} />
                  </LiveRegion>
                  <Rename view={view} state={state} />
                </>
              }
            />
          )
          : (
            <>
              <AgentCard view={view} state={state} />
              {view.routers.length > 0 && may(state, "router:read") && (
                <RoutersTable view={view} state={state} />
              )}
              <Rename view={view} state={state} />
            </>
          )}
      </LiveRegion>
    </>
  );
}

function Rename({ view, state }: { view: SiteView; state: AppState }) {
  if (!may(state, "site:write")) return null;
  const { site, problems } = view;
  const { t } = state;
  const isRefused = problems.siteName !== undefined;
  return (
    <Disclosure label={t("network.rename")} open={isRefused}>
      <form class="form" method="post" action={`/admin/sites/${site.id}/rename`}>
        <Csrf token={state.csrfToken} />
        <HiddenFields values={{ was: site.name }} />
        <TextField
          name="name"
          id="f-siteName"
          label={t("network.site_name")}
          value={isRefused ? typed(state, "name") : site.name}
          error={problems.siteName}
          maxLength={SITE_MAX.name}
          required
        />
        <div class="form-actions">
          <Button>{t("tables.rename")}</Button>
        </div>
      </form>
    </Disclosure>
  );
}
