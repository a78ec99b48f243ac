import type { BillingSettings } from "./billing_settings.ts";

/** Names of {@link PRESETS}. */
export const PRESET_NAMES = ["monthly", "anniversary", "advance"] as const;
export type PresetName = typeof PRESET_NAMES[number];

/**
 * Three ways to bill that cover most ISPs; each fills the settings that make it up and leaves the others. `advance`
 * stands where prepaid time will be.
 */
export const PRESETS: Readonly<Record<PresetName, Partial<BillingSettings>>> = {
  // Made on the 1st, due on the 15th.
  monthly: {
    cycleAnchor: "fixed",
    cycleDay: 1,
    timing: "arrears",
    leadDays: 0,
    termsDays: 14,
    graceDays: 5,
    firstBill: "prorate",
    mergeStubLtDays: 0,
  },
  anniversary: {
    cycleAnchor: "anniversary",
    timing: "arrears",
    leadDays: 0,
    termsDays: 7,
    graceDays: 5,
    firstBill: "prorate",
    mergeStubLtDays: 0,
  },
  advance: {
    cycleAnchor: "anniversary",
    timing: "advance",
    leadDays: 7,
    termsDays: 7,
    graceDays: 0,
    firstBill: "prorate",
    mergeStubLtDays: 0,
  },
};

/** The settings with a preset laid over them. */
export function withPreset(settings: BillingSettings, preset: PresetName): BillingSettings {
  return { ...settings, ...PRESETS[preset] };
}

/** The preset that these settings are; null for settings of one's own. */
export function presetOf(settings: BillingSettings): PresetName | null {
  return PRESET_NAMES.find((name) =>
    Object.entries(PRESETS[name]).every(([key, value]) => settings[key as keyof BillingSettings] === value)
  ) ?? null;
}
