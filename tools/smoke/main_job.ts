import type { Stack } from "../stack/mod.ts";
import { approvalSteps } from "./approval_steps.ts";
import { billSteps } from "./bill_steps.ts";
import { connectSteps, importSteps } from "./connect_steps.ts";
import { correctSteps } from "./correct_steps.ts";
import { faultSteps, paySteps } from "./pay_steps.ts";
import { mailSetUpSteps, mailSteps } from "./mail_steps.ts";
import { prepaidSteps } from "./prepaid_steps.ts";
import { Scene } from "./scene.ts";
import type { Step } from "./steps.ts";

/** The main job as a person plays it with forms alone; router and books are read by somebody else (R20). */
export function mainJob(stack: Stack): { steps: Step[]; close(): Promise<void> } {
  const scene = new Scene(stack);
  return {
    steps: [
      ...connectSteps(scene),
      ...importSteps(scene),
      ...mailSetUpSteps(scene),
      ...billSteps(scene),
      ...mailSteps(scene),
      ...paySteps(scene),
      ...prepaidSteps(scene),
      ...approvalSteps(scene),
      ...correctSteps(scene),
      ...faultSteps(scene),
    ],
    close: async () => await scene.books?.close(),
  };
}
