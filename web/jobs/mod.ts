import { checkAuditJob } from "./check_audit.ts";
import { checkBooksJob } from "./check_books.ts";
import { cleanUpAccessJob } from "./clean_up_access.ts";
import { cleanUpLogJob } from "./clean_up_log.ts";
import { decideRequestsJob } from "./decide_requests.ts";
import type { Job } from "./define_job.ts";
import { erasePersonJob } from "./erase_person.ts";
import { keepPrivacyJob } from "./keep_privacy.ts";
import { runDueDaysJob } from "./run_due_days.ts";
import { runDueRequestsJob } from "./run_due_requests.ts";
import { runImportJob } from "./run_import.ts";
import { sendRemindersJob } from "./send_reminders.ts";
import { tickJob } from "./tick.ts";

/** Every job of the web; a new one is a file beside these and a name here. */
export const JOBS: readonly Job[] = [
  tickJob,
  cleanUpAccessJob,
  cleanUpLogJob,
  checkBooksJob,
  checkAuditJob,
  keepPrivacyJob,
  erasePersonJob,
  runDueDaysJob,
  runDueRequestsJob,
  runImportJob,
  sendRemindersJob,
  decideRequestsJob,
];
