import { requireSession } from "@/web/app/form/input.ts";
import { openExport, ownSite } from "@/web/app/list/export_gate.ts";
import { define } from "@/web/app/state.ts";
import { TextField } from "@/web/components/form/TextField.tsx";
import { askExportForm, askExportQuery } from "@/web/route_table/approvals.ts";
import { askOrRun } from "@/web/services/approvals/ask_or_run.ts";
import { afterAsking, GateNote, gateVerb, loadGate } from "./(_parts)/gate.tsx";

const question = define.question({
  query: askExportQuery,
  input: askExportForm,
  load: async (trx, { query: { what }, state, moment }) => {
    const siteId = ownSite(requireSession(state));
    return {
      what: what ?? "",
      wanted: openExport(state, what),
      siteId,
      gate: await loadGate(trx, { state, moment }, "full_export", { siteId }),
    };
  },
  // What it takes is the permission of the list, which the refused file was asked for with.
  permission: "signed_in",
  audit: "approval.asked",
  summary: "Ask for an approval of the file of a list",
  // An address that is too old, or was made for somebody else.
  leave: ({ wanted }) => wanted === null ? "/admin" : null,
  title: ({ t }) => t("approvals.export_title"),
  back: ({ t, loaded: { wanted } }) => ({
    href: listOf(wanted?.href),
    label: wanted?.list ?? t("tables.back"),
  }),
  blocked: ({ t, loaded: { wanted } }) => wanted === null ? <p>{t("approvals.export_expired")}</p> : null,
  labels: { reason: "tables.reason" },
  hidden: ({ loaded: { what } }) => ({ what }),
  question: ({ t, loaded: { wanted } }) => t("approvals.export_question", { list: wanted?.list ?? "" }),
  effect: ({ t, loaded: { wanted } }) =>
    t("approvals.export_effect", {
      list: wanted?.list ?? "",
      filter: wanted?.filter ?? "",
      rows: t("approvals.export_rows", { n: wanted?.rows ?? 0 }),
    }),
  verb: ({ t, loaded: { gate } }) => gateVerb(gate, t, t("approvals.export_fetch")),
  children: ({ t, field, loaded: { gate } }) => (
    <>
      <GateNote gate={gate} t={t} />
      <p>{t("approvals.export_note")}</p>
      <TextField {...field("reason")} required />
    </>
  ),
  submit: async ({ reason }, { call, state, loaded: { wanted, siteId } }) =>
    wanted === null ? { problems: { "": state.t("approvals.export_expired") } } : await askOrRun(...call, {
      kind: "full_export",
      input: { ...wanted, siteId, askerId: requireSession(state).staffUserId },
      reason,
    }),
  done: (done, { state, loaded: { wanted } }) =>
    afterAsking(state, done, { done: () => wanted?.href ?? "/admin", cannotRead: listOf(wanted?.href) }),
});

export default question.page;
export const { handler, route } = question;

/** The page of a list, by the address of its file. */
function listOf(href = "/admin"): string {
  return href.replace(/\.(?:csv|pdf)(?=\?|$)/, "");
}
