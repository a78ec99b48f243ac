import { z } from "zod";
import { ownPath } from "@/web/app/guard/own_path.ts";

/** Page of the admin to come back to. */
const back = z.string().transform((text) => ownPath(text) ?? "/admin").catch("/admin");

export const clockForm = z.object({ to: z.enum(["day", "bill_run", "cut_run", "week", "month"]), back });
export const routerForm = z.object({ router: z.string().max(80), plugged: z.enum(["yes", "no"]) });
export const agentForm = z.object({ site: z.string().max(80), action: z.enum(["kill", "start"]) });
export const mailFaultForm = z.object({
  fault: z.enum(["away", "login_refused", "daily_limit"]),
  on: z.enum(["yes", "no"]),
});
const mailNumber = z.coerce.number().int().min(1).max(999_999_999);
const look = z.enum(["light", "dark"]).optional().catch(undefined);
/** Which mails are listed, and which one is open in what form. */
export const mailboxQuery = z.object({
  /** A part of a recipient's address. */
  q: z.string().max(254).optional().catch(undefined),
  mail: mailNumber.optional().catch(undefined),
  view: z.enum(["page", "text", "headers"]).optional().catch(undefined),
  look,
});
export const mailPageQuery = z.object({ mail: mailNumber, look });
export const mailFileQuery = z.object({ mail: mailNumber, file: z.coerce.number().int().min(0).max(9_999) });
export const demoQuery = z.object({ done: z.string().max(40).optional() });
/** The last day of the page. */
export const daysQuery = z.object({ until: z.iso.date().optional().catch(undefined) });
export const tourForm = z.object({
  action: z.enum(["start", "open", "next", "leave"]),
  step: z.enum(["tonight", "hold", "pay", "mail", "unplug", "travel", "books"]).optional(),
  back,
});
