import type { AppState } from "@/web/app/state.ts";
import { Columns } from "@/web/components/Layout.tsx";
import type { TodayFigures } from "@/web/store/today.ts";
import type { DailyMoney } from "@/web/store/tonight_page.ts";
import { may, type PageMoment } from "../(_billing)/page_context.ts";
import { AgingCard, CollectedCard, CycleCard } from "./MoneyCards.tsx";
import { ConnectionsCard } from "./ConnectionsCard.tsx";
import { needsFor } from "./needs.ts";
import { NeedsCard } from "./NeedsCard.tsx";
import { TodayKpis } from "./TodayKpis.tsx";
import { TonightCard } from "./TonightCard.tsx";

interface TodayFiguresViewProps {
  figures: TodayFigures;
  daily: readonly DailyMoney[];
  moment: PageMoment;
  state: AppState;
}

/** The figures of the day; money only for those who may see it. */
export function TodayFiguresView({ figures, daily, moment, state }: TodayFiguresViewProps) {
  const seesPayments = may(state, "payment:read");
  const seesBills = may(state, "bill:read");
  return (
    <>
      <TodayKpis figures={figures} moment={moment} state={state} />
      <Columns
        main={
          <>
            <NeedsCard needs={needsFor(state, figures.needsYou, moment)} />
            {seesBills && seesPayments && <CycleCard figures={figures} daily={daily} moment={moment} />}
            {seesBills && <AgingCard figures={figures} />}
          </>
        }
        side={
          <>
            {may(state, "cut_run:read") && <TonightCard figures={figures} moment={moment} />}
            {seesPayments && <CollectedCard figures={figures} today={moment.today} />}
            {may(state, "subscriber:read") && <ConnectionsCard figures={figures} />}
          </>
        }
      />
    </>
  );
}
