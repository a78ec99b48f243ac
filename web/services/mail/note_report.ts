import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
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
  subscriberId: string;
  address: string;
  /** `delayed`: the other server goes on trying; `known`: it was noted before. */
  outcome: "refused" | "soft" | "delayed" | "delivered" | "known";
}

/**
 * Notes what a returned mail says about one of ours. Found by the id of the message and its recipient, never by the address
 * alone: anybody can write a report about somebody else's. Noted twice it is noted once; one that only says that it takes
 * longer changes nothing.
 */
export async function noteReport(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  bytes: Uint8Array,
): Promise<Result<NotedReport, "report_unreadable" | "report_of_nothing">> {
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
): Promise<"refused" | "soft" | "known"> {
  const kind = refusalKind(status);
  const words = diagnostic === "" ? status : diagnostic;
  const isNew = await updateReported(trx, message.id, {
    reason: kind === "hard" ? "returned" : "returned_soft",
    words,
  });
  if (!isNew) return "known";
  await upsertRefusals(trx, [{ address, kind, source: "report", status, words, messageId: message.id, at }]);
  await insertSystemLog(
    trx,
    lineOf({
      at,
      level: "warn",
      event: "mail_refused",
      said: coded("log_mail_returned", { to: address, kind, words }),
      problem: kind === "hard" ? "returned" : "returned_soft",
      messageId: message.id,
      subscriberId: message.subscriber_id,
      billId: message.bill_id,
      fields: { status },
    }),
  );
  live(["mail"]);
  return kind === "hard" ? "refused" : "soft";
}
