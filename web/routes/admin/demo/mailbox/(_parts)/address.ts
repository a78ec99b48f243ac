import type { z } from "zod";
import { address } from "@/web/app/frame/page_context.ts";
import type { mailboxQuery } from "@/web/route_table/demo.ts";

export const MAILBOX = "/admin/demo/mailbox";

/** Which mails are listed and which one is open: the whole state of the page. */
export type MailboxQuery = z.infer<typeof mailboxQuery>;

/** The Mailbox in this state. */
export function mailboxAddress({ q, mail, view, look }: MailboxQuery): string {
  return address(MAILBOX, {
    q,
    mail: mail?.toString(),
    view,
    look,
  });
}
