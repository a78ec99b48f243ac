import type { z } from "zod";
import { useT } from "@/web/components/i18n.ts";
import { partForm } from "@/web/app/form/form_view.ts";
import { wholePage } from "@/web/app/list/define_list.tsx";
import { may } from "@/web/app/frame/page_context.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Csrf } from "@/web/components/form/Csrf.tsx";
import { Disclosure } from "@/web/components/facts/Disclosure.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { ErrorSummary } from "@/web/components/form/ErrorSummary.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { listHref } from "@/web/components/list/list_frame.ts";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { formatCount } from "@/web/format.ts";
import { siteForm, sitesQuery } from "@/web/route_table/sites.ts";
import { createSite } from "@/web/services/network/create_site.ts";
import { AgentPill, agentState } from "../(_network)/agent_state.tsx";
import { RouterPill } from "../(_network)/router_state.tsx";
import {
  AGENT_WORDS,
  arrangeSites,
  countSites,
  readSiteLines,
  type SiteLine,
} from "./(_parts)/site_lines.ts";

const PATH = "/admin/sites";

export const list = define.list({
  name: "sites",
  path: () => PATH,
  query: sitesQuery,
  filter: ({ query }): z.infer<typeof sitesQuery> => query,
  count: () => Promise.resolve(null),
  more: async (trx, { query, moment }) => {
    const lines = await readSiteLines(trx);
    return { lines, counts: countSites(lines, query.q, moment.now), isEmpty: lines.length === 0 };
  },
  read: (_trx, filter, _page, { moment, more: { lines } }) =>
    Promise.resolve(wholePage(arrangeSites(lines, filter, moment.now))),
  permission: "site:read",
  summary: "Sites with agents and routers",
  live: ["network"],
  title: ({ t }) => t("network.title"),
  lead: ({ t }) => t("network.lead"),
  hasFile: ({ more }) => !more.isEmpty,
  actions: ({ t, state }) =>
    may(state, "router:read") && <LinkButton href="/admin/outages">{t("outages.list")}</LinkButton>,
  above: ({ t, query, problems }) => (
    <>
      <Flash
        done={query.done}
        messages={{ revoked: t("network.done_revoked_list"), removed: t("network.done_site_removed") }}
      />
      <ErrorSummary
        errors={problems}
        labels={{ name: t("network.site_name") }}
        title={t("network.not_added")}
      />
    </>
  ),
  below: ({ state, problems, more: { isEmpty } }) =>
    may(state, "site:write") && <AddSite state={state} problems={problems} isFirst={isEmpty} />,
  total: ({ rows }) => rows.length,
  sort: "name",
  columns: ({ t, moment: { now, zone } }) => [
    { head: t("tables.site"), cell: (site) => site.name, csv: (site) => site.name, sortBy: "name" },
    {
      id: "agent",
      head: t("network.agent"),
      cell: (site) => <AgentPill site={site} now={now} zone={zone} />,
      csv: (site) => AGENT_WORDS[agentState(site, now)],
      phone: "corner",
    },
    { head: t("network.version"), csvHead: "Agent version", csv: (site) => site.agent_version ?? "" },
    {
      head: t("network.seen_label"),
      csvHead: "Last seen",
      csv: (site) => site.heartbeat_at?.toString({ smallestUnit: "second" }) ?? "",
    },
    {
      id: "routers",
      head: t("network.routers_head"),
      cell: (site) => <RouterLinks site={site} now={now} />,
      csv: (site) => site.routers.map((router) => router.name).join(", "),
      sortBy: "-routers",
    },
    {
      id: "managed",
      head: t("network.managed"),
      kind: "number",
      cell: (site) => formatCount(site.managed),
      csv: (site) => String(site.managed),
      sortBy: "-managed",
    },
    {
      id: "drift",
      head: t("network.drift"),
      cell: (site) =>
        site.drift === 0
          ? <span class="note">{t("network.none")}</span>
          : <Pill tone="warn">{t("network.differ", { n: site.drift })}</Pill>,
      csvHead: "Drift",
      csv: (site) => String(site.drift),
      sortBy: "-drift",
    },
  ],
  table: ({ t, state, frame, query, more: { counts, isEmpty } }) => {
    const chip = (label: string, value: "away" | "drift" | undefined, count: number) => ({
      label,
      href: listHref(frame, { state: value }),
      count,
      isCurrent: query.state === value,
    });
    return {
      rowHref: (site) => `${PATH}/${site.id}`,
      chips: isEmpty ? undefined : [
        chip(t("tables.all_rows"), undefined, counts.all),
        chip(t("network.chip_away"), "away", counts.away),
        chip(t("network.drift"), "drift", counts.drift),
      ],
      search: isEmpty ? undefined : t("network.search"),
      empty: <NoSites mayAdd={may(state, "site:write")} />,
    };
  },
});

export default list.page;

const part = define.part({
  on: list,
  input: siteForm,
  load: () => Promise.resolve(null),
  permission: "site:write",
  audit: "site.created",
  summary: "Add a site",
  submit: (form, { call }) => createSite(...call, form),
  done: ({ siteId }) => `${PATH}/${siteId}?done=added`,
});

export const handler = { ...part.handler, ...list.handler };
export const route = { ...part.route, ...list.route };

function RouterLinks({ site, now }: { site: SiteLine; now: Temporal.Instant }) {
  const t = useT();
  if (site.routers.length === 0) return <span class="note">{t("tonight.none_yet")}</span>;
  const agent = agentState(site, now);
  return (
    <span class="cluster">
      {site.routers.slice(0, 4).map((router) => (
        <span class="cluster nowrap">
          {router.name} <RouterPill router={router} agent={agent} />
        </span>
      ))}
      {site.routers.length > 4 && (
        <span class="note">{t("network.more", { n: site.routers.length - 4 })}</span>
      )}
    </span>
  );
}

interface AddSiteProps {
  state: AppState;
  problems: Readonly<Record<string, string>>;
  isFirst: boolean;
}

function AddSite({ state, problems, isFirst }: AddSiteProps) {
  const { t, field } = partForm(state, { input: siteForm, labels: { name: "network.site_name" }, problems });
  const form = (
    <form class="form" method="post" action={PATH}>
      <Csrf token={state.csrfToken} />
      <TextField {...field("name")} hint={t("network.site_hint")} />
      <div class="form-actions">
        <Button kind="primary">{t("network.add_site_verb")}</Button>
      </div>
    </form>
  );
  if (!isFirst && !problems.name) return <Disclosure label={t("network.add_site")}>{form}</Disclosure>;
  return (
    <section class="card">
      <div class="card-body">{form}</div>
    </section>
  );
}

function NoSites({ mayAdd }: { mayAdd: boolean }) {
  const t = useT();
  return (
    <EmptyState icon="site" title={t("network.first_site")}>
      {t("network.first_how")} {mayAdd ? "" : t("network.ask_add")}
    </EmptyState>
  );
}
