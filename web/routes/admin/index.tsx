import { page } from "fresh";
import { define } from "@/web/app/state.ts";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { readToday } from "@/web/store/today.ts";
import { listDailyMoney, readSetupProgress } from "@/web/store/tonight_page.ts";
import { momentOf, readPage } from "./(_billing)/page_context.ts";
import { FirstSteps } from "./(_today)/FirstSteps.tsx";
import { needsFor } from "./(_today)/needs.ts";
import { NeedsCard } from "./(_today)/NeedsCard.tsx";
import { TodayFiguresView } from "./(_today)/TodayFiguresView.tsx";
import { formatDate } from "@/shared/calendar/mod.ts";

const CHART_DAYS = 30;

export default define.page<typeof handler>(function TodayPage({ data, state }) {
  const { moment, setup, figures, daily } = data;
  const isEmpty = setup.subscribers === 0;
  return (
    <>
      <PageHeader title="Today" lead={formatDate(moment.today)} />
      {isEmpty
        ? (
          <>
            <FirstSteps setup={setup} state={state} />
            <NeedsCard needs={needsFor(state, figures.needsYou, moment)} hideEmpty />
          </>
        )
        : <TodayFiguresView figures={figures} daily={daily} moment={moment} state={state} />}
    </>
  );
});

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = "Today";
    const moment = momentOf(ctx.state);
    const data = await readPage(ctx.state, async (trx) => ({
      setup: await readSetupProgress(trx),
      figures: await readToday(trx, moment.tenant, moment),
      daily: await listDailyMoney(trx, moment.today.subtract({ days: CHART_DAYS - 1 }), moment.today),
    }));
    return page({ ...data, moment });
  },
});
