import type { ComponentChildren } from "preact";
import { page } from "fresh";
import { type AppState, define } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { classes } from "@/web/components/classes.ts";
import { Csrf } from "@/web/components/form/Csrf.tsx";
import { Icon } from "@/web/components/facts/Icon.tsx";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import type { SetupFacts } from "@/web/domain/settings/mod.ts";
import { listRouters, type RouterRow } from "@/web/store/network/routers.ts";
import { listSiteOverview, type SiteOverviewRow } from "@/web/store/network/sites.ts";
import { AgentPill, agentState } from "../(_network)/agent_state.tsx";
import { RouterPill } from "../(_network)/router_state.tsx";
import { may, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import { loadSetup, SetupFrame } from "./(_parts)/SetupFrame.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { SITE_MAX } from "@/web/domain/network/limits.ts";

interface RouterStepData {
  facts: SetupFacts;
  sites: SiteOverviewRow[];
  routers: RouterRow[];
}

export default define.page<typeof handler>(function SetupRouterPage({ data, state }) {
  const { t } = state;
  const { facts, sites } = data;
  const [site] = sites;
  const isDone = facts.agents > 0 && facts.routers > 0;
  return (
    <SetupFrame step="router" facts={facts} state={state}>
      <Card>
        <LiveRegion id="live-setup">
          <ol class="rows rows-marks">
            <Part at={1} isDone={sites.length > 0} isNext={sites.length === 0} title={t("setup.part_site")}>
              {site === undefined
                ? <p class="note">{t("setup.part_site_note")}</p>
                : (
                  <div class="note cluster">
                    {sites.map((one) => <a key={one.id} href={`/admin/sites/${one.id}`}>{one.name}</a>)}
                  </div>
                )}
            </Part>
            <Part
              at={2}
              isDone={facts.agents > 0}
              isNext={sites.length > 0 && facts.agents === 0}
              title={t("setup.part_agent")}
            >
              <p class="note">{t("setup.part_agent_note")}</p>
              {site !== undefined && facts.agents > 0 && <Agents sites={sites} state={state} />}
            </Part>
            <Part
              at={3}
              isDone={facts.routers > 0}
              isNext={facts.agents > 0 && facts.routers === 0}
              title={t("setup.part_router")}
            >
              <p class="note">{t("setup.part_router_note")}</p>
              <Routers data={data} state={state} />
            </Part>
          </ol>
        </LiveRegion>
        <Next data={data} state={state} />
      </Card>
      {isDone && (
        <div class="form-actions">
          <LinkButton kind="primary" href="/admin/setup/import">{t("setup.go_on")}</LinkButton>
        </div>
      )}
    </SetupFrame>
  );
});

export const route: RouteEntries = {
  GET: { audience: "staff", permission: "settings:write", summary: "Set-up: site, agent and router" },
};

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.live = ["network"];
    const facts = await loadSetup(ctx.state, "router");
    const lists = await readPage(ctx.state, async (trx) => ({
      sites: await listSiteOverview(trx),
      routers: await listRouters(trx),
    }));
    return page<RouterStepData>({ facts, ...lists });
  },
});

interface PartProps {
  at: number;
  isDone: boolean;
  isNext: boolean;
  title: string;
  children: ComponentChildren;
}

function Part({ at, isDone, isNext, title, children }: PartProps) {
  return (
    <li>
      <span class={classes("step", `step-${isDone ? "done" : isNext ? "current" : "todo"}`)}>
        <span class="step-mark" aria-hidden="true">{isDone ? <Icon name="check" /> : at}</span>
      </span>
      <div>
        <b>{title}</b>
        {children}
      </div>
    </li>
  );
}

/** The one thing to do now: a form here, or the page where it is done. */
function Next({ data, state }: { data: RouterStepData; state: AppState }) {
  const { t } = state;
  const [site] = data.sites;
  if (site === undefined) {
    if (!may(state, "site:write")) return null;
    return (
      <form class="form" method="post" action="/admin/sites">
        <Csrf token={state.csrfToken} />
        <TextField
          name="name"
          label={t("setup.site_name")}
          hint={t("setup.site_name_hint")}
          maxLength={SITE_MAX.name}
          required
        />
        <div class="form-actions">
          <Button kind="primary">{t("setup.add_site")}</Button>
        </div>
      </form>
    );
  }
  if (data.facts.agents > 0 && data.facts.routers > 0) return null;
  return (
    <div class="form-actions">
      <LinkButton kind="primary" href={`/admin/sites/${site.id}`}>
        {t(data.facts.agents === 0 ? "setup.get_command" : "setup.add_router", { site: site.name })}
      </LinkButton>
    </div>
  );
}

function Agents({ sites, state }: { sites: readonly SiteOverviewRow[]; state: AppState }) {
  const { now, zone } = momentOf(state);
  return (
    <div class="cluster">
      {sites.filter((site) => site.agent_id !== null).map((site) => (
        <span key={site.id} class="cluster">
          {site.name} <AgentPill site={site} now={now} zone={zone} />
        </span>
      ))}
    </div>
  );
}

function Routers({ data, state }: { data: RouterStepData; state: AppState }) {
  if (data.routers.length === 0) return null;
  const { now } = momentOf(state);
  return (
    <div class="cluster">
      {data.routers.slice(0, 5).map((router) => {
        const site = data.sites.find((one) => one.id === router.site_id);
        const agent = site === undefined ? "none" : agentState(site, now);
        return (
          <span key={router.id} class="cluster">
            <a href={`/admin/routers/${router.id}`}>{router.name}</a>
            <RouterPill router={router} agent={agent} />
          </span>
        );
      })}
    </div>
  );
}
