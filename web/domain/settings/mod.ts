/** Settings: what they are, what they do in words and as a picture, and what a change would do. */
export { type BillingSettings, changedSettings, settingText } from "./billing_settings.ts";
export { PRESET_NAMES, type PresetName, presetOf, PRESETS, withPreset } from "./presets.ts";
export {
  BLACKOUT_DATES_MAX,
  CUT_TIME_MIN,
  findImpossible,
  isFee,
  isFeePercent,
  LATE_TERMS,
  SETTING_BOUNDS,
  type SettingProblem,
  type SettingProblemKey,
} from "./check_settings.ts";
export {
  describeSettings,
  SETTING_GROUPS,
  type SettingGroup,
  type SettingSentence,
} from "./describe_settings.ts";
export type { Sentence } from "./sentence.ts";
export {
  exampleFirstBill,
  settingsTimeline,
  type Timeline,
  type TimelinePoint,
  type TimelineStep,
} from "./timeline.ts";
export { describeEffects, type Effect, type SettingsFacts, type TonightFacts } from "./describe_effects.ts";
export { type BrandColour, brandColour, contrast, CONTRAST_MIN, parseColour } from "./colour.ts";
export {
  type Logo,
  LOGO_BYTES_MAX,
  LOGO_SIDE_MAX,
  type LogoProblem,
  type LogoType,
  readLogo,
} from "./logo.ts";
export {
  CHECKLIST,
  checklist,
  type ChecklistItem,
  nextSetupStep,
  SETUP_STEPS,
  type SetupFacts,
  type SetupProgress,
  setupStates,
  type SetupStep,
  stepAfter,
  type StepState,
} from "./setup_steps.ts";
