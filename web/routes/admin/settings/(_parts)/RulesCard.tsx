import type { AppState } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import {
  type BillingSettings,
  describeSettings,
  SETTING_GROUPS,
  type SettingGroup,
} from "@/web/domain/settings/mod.ts";
import { say } from "@/web/app/words/say.ts";
import { TimelinePicture } from "./TimelinePicture.tsx";

interface RulesCardProps {
  title: string;
  settings: BillingSettings;
  today: Temporal.PlainDate;
  state: AppState;
  /** How many plans and connections have rules of their own. */
  own?: { plans: number; connections: number };
}

/** Billing rules in plain sentences, with the picture of one bill. */
export function RulesCard(
  { title, settings, today, state, own = { plans: 0, connections: 0 } }: RulesCardProps,
) {
  const said = sayRules(state, settings);
  return (
    <Card title={title}>
      <div class="stack">
        <p>{`${said.bills} ${said.due} ${said.cut}`}</p>
        <TimelinePicture settings={settings} today={today} />
        <p class="note">{`${said.fees} ${said.brake} ${said.suspended} ${said.first}`}</p>
        {own.plans + own.connections > 0 && <p class="note">{sayOwn(state, own)}</p>}
      </div>
    </Card>
  );
}

function sayOwn({ t }: AppState, own: { plans: number; connections: number }): string {
  return t("settings.own_counts", { ...own, joint: own.plans > 0 && own.connections > 0 ? "yes" : "no" });
}

/** Each group's sentences as one text. */
export function sayRules(state: AppState, settings: BillingSettings): Record<SettingGroup, string> {
  const described = describeSettings(settings);
  const text = (group: SettingGroup) => described[group].map((sentence) => say(state.t, sentence)).join(" ");
  return Object.fromEntries(SETTING_GROUPS.map((group) => [group, text(group)])) as Record<
    SettingGroup,
    string
  >;
}
