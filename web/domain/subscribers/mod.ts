/** Whether somebody who is being added is there already. */
export { type DuplicateReason, duplicateReasons, type Similarity } from "./judge_duplicate.ts";
