export {
  type ClockDoubt,
  type ClockSight,
  type ClockVerdict,
  judgeClock,
  JUMP_HOURS,
} from "./judge_clock.ts";
