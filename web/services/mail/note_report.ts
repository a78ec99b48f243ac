import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import type { ReportOutcome } from "@/web/domain/mail/types.ts";
import { readReport, type ReportedRecipient } from "@/web/gateways/mail/read_report.ts";
import { findByMessageId, type ReportedMessage, updateReported } from "@/web/store/mail/reported.ts";
import { upsertRefusals } from "@/web/store/mail/mark_refusals.ts";
import { insertSystemLog } from "@/web/store/access/system_log.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { refusalKind } from "./decide_outcome.ts";
import { lineOf } from "./mail_lines.ts";

/** What a report came to. */
export interface NotedReport {
  /** The message that it is about. */
  messageId: string;
  /** Null: it was to one of the staff. */
  subscriberId: string | null;
  address: string;
  outcome: ReportOutcome;
}

export type ReportCode = "report_missing" | "report_unreadable" | "report_of_nothing";

/** Reasons of a message that came back. */
const REASONS = { refused: "returned", soft: "returned_soft", message: "returned_message" } as const;

/**
 * Notes what a returned mail says about one of ours. Found by the id of the message and its recipient, never by the address
 * alone: anybody can write a report about somebody else's. Noted twice it is noted once; one that only says that it takes
 * longer changes nothing.
 *
 * @param bytes undefined: no file was chosen
 */
export async function noteReport(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  bytes: Uint8Array | undefined,
): Promise<Result<NotedReport, ReportCode>> {
  if (bytes === undefined) return err("report_missing");
  const report = await readReport(bytes);
  if (report === null || report.messageId === null) return err("report_unreadable");
  const { messageId, recipients } = report;
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const message = await findByMessageId(useCase.trx, messageId);
    const reported = recipients.find(({ address }) =>
      address.toLowerCase() === message?.address?.toLowerCase()
    );
    if (message === null || reported === undefined) return err("report_of_nothing");
    const noted = { messageId: message.id, subscriberId: message.subscriber_id, address: reported.address };
    if (reported.action !== "failed") {
      return ok<NotedReport>({ ...noted, outcome: reported.action === "delayed" ? "delayed" : "delivered" });
    }
    return ok<NotedReport>({ ...noted, outcome: await noteFailure(useCase, message, reported) });
  });
}

async function noteFailure(
  { trx, at, live }: UseCase,
  message: ReportedMessage,
  { address, status, diagnostic }: ReportedRecipient,
): Promise<keyof typeof REASONS | "known"> {
  const kind = refusalKind(status);
  // RFC 3463: x.6 and x.7 speak of what was sent and by whom, as a server's answer does; the mailbox may well be there.
  const outcome = /^5\.[67]\./.test(status) ? "message" : kind === "hard" ? "refused" : "soft";
  const reason = REASONS[outcome];
  const words = diagnostic === "" ? status : diagnostic;
  const isNew = await updateReported(trx, message.id, { reason, words });
  if (!isNew) return "known";
  if (outcome !== "message") {
    await upsertRefusals(trx, [{
      address,
      kind,
      source: "report",
      status,
      words,
      messageId: message.id,
      at,
    }]);
  }
  await insertSystemLog(
    trx,
    lineOf({
      at,
      level: "warn",
      event: "mail_refused",
      said: coded("log_mail_returned", { to: address, kind: outcome === "refused" ? "hard" : "soft", words }),
      problem: reason,
      messageId: message.id,
      subscriberId: message.subscriber_id,
      billId: message.bill_id,
      fields: { status },
    }),
  );
  live(["mail"]);
  return outcome;
}
