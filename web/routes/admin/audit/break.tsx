import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { TextField } from "@/web/components/form/TextField.tsx";
import { codedText } from "@/web/messages/coded_text.ts";
import { coded } from "@/shared/codes/mod.ts";
import { auditBreakForm } from "@/web/route_table/audit.ts";
import { knowAuditBreak } from "@/web/services/know_audit_break.ts";
import { findLastAuditCheck } from "@/web/store/access/audit_heads.ts";

const question = define.question({
  input: auditBreakForm,
  load: (trx) => findLastAuditCheck(trx),
  leave: (check) => check !== null && check.problem !== null ? null : "/admin/audit",
  hidden: ({ loaded: check }) => ({ seen: found(check).id }),
  permission: "settings:write",
  audit: "audit.break_known",
  summary: "Say why the audit log is broken, so that Today stops telling it",
  title: ({ t }) => t("audit.know_title"),
  back: ({ t }) => ({ href: "/admin/audit", label: t("audit.title") }),
  question: ({ t, loaded }) => {
    const { problem, problem_sequence: entry } = found(loaded);
    return codedText(t, coded("log_audit_broken", { entry: String(entry), problem: problem ?? "entry" }));
  },
  effect: ({ t }) => t("audit.know_effect"),
  verb: ({ t }) => t("audit.know_verb"),
  labels: { note: "audit.know_note" },
  children: ({ field }) => <TextField {...field("note")} autofocus />,
  submit: ({ seen, note }, { call }) => knowAuditBreak(...call, { seen, note }),
  done: () => "/admin/audit",
});

export default question.page;
export const { handler, route } = question;
