import type { AppState } from "@/web/app/state.ts";
import { Button } from "@/web/components/Button.tsx";
import { Csrf } from "@/web/components/Csrf.tsx";
import { Disclosure } from "@/web/components/Disclosure.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { Flash } from "@/web/components/Flash.tsx";
import { Columns } from "@/web/components/Layout.tsx";
import { LiveRegion } from "@/web/components/LiveRegion.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { TextField } from "@/web/components/TextField.tsx";
import { may, typed } from "../../(_billing)/page_context.ts";
import { AgentPill } from "../../(_network)/agent_state.tsx";
import { AgentCard } from "./AgentCard.tsx";
import { AddRouter, RoutersTable } from "./RoutersPart.tsx";
import type { SiteView } from "./load_site.ts";

const MESSAGES = {
  added: "The site is added. Connect its agent next.",
  renamed: "The site has its new name.",
  revoked: "The agent is revoked. Its routers stay as they are.",
  archived: "The router is archived. Nothing changed on it.",
};

/** The page of a site, also with what was wrong in one of its forms. */
export function SitePage({ view, state }: { view: SiteView; state: AppState }) {
  const { site, problems } = view;
  const hasAgent = view.state !== "none";
  return (
    <>
      <PageHeader
        title={site.name}
        back={{ href: "/admin/sites", label: "Sites" }}
        pills={
          <LiveRegion id="site-agent">
            <AgentPill site={site} now={view.now} zone={view.zone} />
          </LiveRegion>
        }
      />
      <Flash done={view.done} messages={MESSAGES} />
      <ErrorSummary errors={problems} />
      <LiveRegion id="site">
        {hasAgent
          ? (
            <Columns
              main={
                <>
                  {may(state, "router:read") && (
                    <LiveRegion id="site-routers">
                      <RoutersTable view={view} />
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
              {view.routers.length > 0 && may(state, "router:read") && <RoutersTable view={view} />}
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
  const isRefused = problems.siteName !== undefined;
  return (
    <Disclosure label="Rename the site" open={isRefused}>
      <form class="form" method="post" action={`/admin/sites/${site.id}/rename`}>
        <Csrf token={state.csrfToken} />
        <TextField
          name="name"
          id="f-siteName"
          label="Name of the site"
          value={isRefused ? typed(state, "name") : site.name}
          error={problems.siteName}
          maxLength={80}
          required
        />
        <div class="form-actions">
          <Button>Rename</Button>
        </div>
      </form>
    </Disclosure>
  );
}
