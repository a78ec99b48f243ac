/** Who is cut on a day, who is restored by a posting, and when a run stops to ask a person. */
export { type BlackoutDays, firstAllowedDate } from "./cut_date.ts";
export { type CutDecision, type CutInput, decideCut } from "./decide_cut.ts";
export { type CutRow, type CutRowInput, decideRow, type OpenBill, type RowDecision } from "./decide_row.ts";
export {
  debtKey,
  isUnreachable,
  NOTICE_LACKS,
  type NoticeLack,
  type NoticeState,
  oldestDueOn,
} from "./notice.ts";
export { countedCentavos, isRestored, pastGraceCentavos } from "./past_grace.ts";
export { type BrakeDecision, type BrakeInput, decideBrake } from "./brake.ts";
export { type CutHour, cutsGoOnOn, momentOfCut } from "./planned_outage.ts";
export { CUT_WINDOW_HOURS, cutWindowEnd, type WaitingCut, whenToCut } from "./cut_window.ts";
