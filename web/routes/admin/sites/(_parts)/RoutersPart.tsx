import { useT } from "@/web/components/i18n.ts";
import type { AppState } from "@/web/app/state.ts";
import { Button } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { ReadAge } from "@/web/components/facts/CommandStatus.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { Csrf } from "@/web/components/form/Csrf.tsx";
import { DataTable } from "@/web/components/list/DataTable.tsx";
import { Disclosure } from "@/web/components/facts/Disclosure.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { formatCount } from "@/web/format.ts";
import { partForm } from "@/web/app/form/form_view.ts";
import { may } from "@/web/app/frame/page_context.ts";
import { addRouterForm } from "@/web/route_table/sites.ts";
import { ROUTER_LABELS, RouterFields } from "../../(_network)/RouterFields.tsx";
import { StaleFigures } from "../../(_network)/agent_state.tsx";
import { RouterPill } from "../../(_network)/router_state.tsx";
import type { SiteView } from "./load_site.ts";

/** The routers of a site. */
export function RoutersTable({ view, state }: { view: SiteView; state: AppState }) {
  const t = useT();
  const isStale = view.state !== "online" && view.routers.length > 0;
  return (
    <>
      {isStale && <StaleFigures from="agent" at={view.site.heartbeat_at} now={view.now} zone={view.zone} />}
      <DataTable
        caption={t("network.routers_of")}
        rows={view.routers}
        rowHref={(router) => `/admin/routers/${router.id}`}
        rowKeys={(router) => ({ e: may(state, "router:write") && `/admin/routers/${router.id}/edit` })}
        rowNote={(router) => <CodeText>{router.host}</CodeText>}
        columns={[
          { head: t("tables.router"), cell: (router) => router.name },
          {
            head: t("tables.state"),
            cell: (router) => <RouterPill router={router} agent={view.state} />,
            phone: "corner",
          },
          { head: "RouterOS", cell: (router) => router.version ?? "—", fit: true, minor: true },
          {
            head: t("network.managed"),
            kind: "number",
            cell: (router) => formatCount(router.figures?.managed ?? 0),
          },
          {
            head: t("network.drift"),
            cell: (router) => (
              <>
                {router.figures?.drift
                  ? <Pill tone="warn">{formatCount(router.figures.drift)}</Pill>
                  : <span class="note">{t("network.none")}</span>}{" "}
                {router.figures?.observed_at && (
                  <ReadAge at={router.figures.observed_at} now={view.now} timeZone={view.zone} />
                )}
              </>
            ),
          },
        ]}
        empty={
          <EmptyState icon="site" title={t("network.no_routers")}>
            {t("network.no_routers_what")}
          </EmptyState>
        }
      />
    </>
  );
}

/** The form for another router; open while there is none, or when it was refused. */
export function AddRouter({ view, state }: { view: SiteView; state: AppState }) {
  if (!may(state, "router:write")) return null;
  const { t } = state;
  const router = partForm(state, {
    input: addRouterForm,
    labels: ROUTER_LABELS,
    values: { port: "8728", username: "linya" },
    problems: view.problems,
  });
  const isRefused = Object.keys(view.problems).some((name) => name === "" || name in addRouterForm.shape);
  const form = (
    <form class="form" method="post" action={`/admin/sites/${view.site.id}/routers`}>
      <Csrf token={state.csrfToken} />
      <RouterFields form={router} passwordHint={t("network.sealed_hint")} isPasswordRequired />
      <div class="form-actions">
        <Button kind="primary">{t("network.add_test")}</Button>
      </div>
    </form>
  );
  if (view.routers.length === 0 || isRefused) return <Card title={t("network.add_router")}>{form}</Card>;
  return <Disclosure label={t("network.add_router")}>{form}</Disclosure>;
}
