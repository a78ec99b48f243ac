import type { AppState } from "@/web/app/state.ts";
import { type BillingSettings, PRESET_NAMES, withPreset } from "@/web/domain/settings/mod.ts";
import { TimelineStrip } from "./TimelinePicture.tsx";

/** In the order of their numbers in the pictures. */
const STEPS = ["period", "bill", "due", "grace", "cut"] as const;

interface PresetCardsProps {
  settings: BillingSettings;
  today: Temporal.PlainDate;
  /** A preset's name or `keep`. */
  value: string | null;
  state: AppState;
  /** Offers the settings as they are besides. */
  withKeep?: boolean;
}

/** Three ways to bill as radio cards with their picture. */
export function PresetCards({ settings, today, value, state, withKeep }: PresetCardsProps) {
  const { t } = state;
  const cards = [
    ...PRESET_NAMES.map((name) => ({ name, shown: withPreset(settings, name) })),
    ...(withKeep ? [{ name: "keep" as const, shown: settings }] : []),
  ];
  return (
    <fieldset class="field">
      <legend class="label">{t("settings.presets")}</legend>
      <div class="choices presets">
        {cards.map(({ name, shown }) => (
          <label class="choice">
            <input type="radio" name="preset" value={name} required checked={name === value} />
            <span>
              <b>{t(`settings.preset_${name}`)}</b>
              <TimelineStrip settings={shown} today={today} />
              <span class="hint">{t(`settings.preset_note_${name}`)}</span>
            </span>
          </label>
        ))}
      </div>
      <ol class="tl-legend note">
        {STEPS.map((step, at) => (
          <li>
            <b>{at + 1}</b> {t(`settings.step_${step}`)}
          </li>
        ))}
      </ol>
    </fieldset>
  );
}
