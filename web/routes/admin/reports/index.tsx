import { page } from "fresh";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { Icon } from "@/web/components/facts/Icon.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { REPORTS } from "./(_parts)/ReportTabs.tsx";

export default define.page<typeof handler>(function ReportsPage({ state: { t } }) {
  return (
    <>
      <PageHeader title={t("reports.title")} lead={t("reports.lead")} />
      <div class="report-cards">
        {REPORTS.map(({ name, href, icon }) => (
          <a class="card report-card" href={href} key={name}>
            <Icon name={icon} />
            <span>
              <b>{t(`reports.${name}`)}</b>
              <span class="note">{t(`reports.${name}_lead`)}</span>
            </span>
          </a>
        ))}
      </div>
    </>
  );
});

export const route: RouteEntries = {
  GET: { audience: "staff", permission: "report:read", summary: "The reports" },
};

export const handler = define.handlers({
  GET(ctx) {
    ctx.state.title = ctx.state.t("reports.title");
    return page({});
  },
});
