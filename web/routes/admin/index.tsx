import { page } from "fresh";
import { define } from "@/web/app/state.ts";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { listStaffWith } from "@/web/store/access/staff.ts";
import { readToday } from "@/web/store/live/today.ts";
import { momentOf, readFigures, readPage } from "@/web/app/frame/page_context.ts";
import { Checklist, loadChecklist } from "./(_today)/Checklist.tsx";
import { todayLead } from "./(_today)/day_words.ts";
import { lookedAt, needsFor } from "./(_today)/needs.ts";
import { NeedsCard } from "./(_today)/NeedsCard.tsx";
import { TodayFiguresView } from "./(_today)/TodayFiguresView.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

export default define.page<typeof handler>(function TodayPage({ data, state }) {
  const { moment, checklist, figures, granters } = data;
  const { t } = state;
  const isEmpty = checklist !== null && checklist.subscribers === 0;
  return (
    <>
      <PageHeader
        title={t("today.title")}
        lead={isEmpty ? `${t("today.intro")} ${t("today.intro_how")}` : todayLead(moment, t)}
      />
      <LiveRegion id="today">
        <div class="stack">
          {isEmpty && <Checklist facts={checklist} state={state} />}
          {isEmpty
            ? (
              <NeedsCard
                needs={needsFor(state, figures.needsYou, moment)}
                looked={lookedAt(state)}
                hideEmpty
              />
            )
            : <TodayFiguresView figures={figures} moment={moment} state={state} granters={granters} />}
          {checklist !== null && !isEmpty && <Checklist facts={checklist} state={state} />}
        </div>
      </LiveRegion>
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "today:read",
    summary: "Today: what needs a person, and the figures of the day",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = ctx.state.t("today.title");
    ctx.state.live = ["money", "network", "tonight"];
    const moment = momentOf(ctx.state);
    const data = await readPage(ctx.state, async (trx) => ({
      checklist: await loadChecklist(trx, moment.tenant),
      figures: await readFigures(
        ctx.state,
        trx,
        ["today", moment.today],
        () => readToday(trx, moment.tenant, moment),
      ),
      granters: await listStaffWith(trx, "staff:write"),
    }));
    return page({ ...data, moment });
  },
});
