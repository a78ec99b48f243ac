import { checkBooksJob } from "./check_books.ts";
import { cleanUpAccessJob } from "./clean_up_access.ts";
import type { Job } from "./define_job.ts";
import { runDueDaysJob } from "./run_due_days.ts";
import { runImportJob } from "./run_import.ts";
import { tickJob } from "./tick.ts";

/** Every job of the web; a new one is a file beside these and a name here. */
export const JOBS: readonly Job[] = [
  tickJob,
  cleanUpAccessJob,
  checkBooksJob,
  runDueDaysJob,
  runImportJob,
];
