import { coded } from "@/shared/codes/mod.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { actorOf, found, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { headFile } from "@/web/services/audit_head.ts";
import { recordReading } from "@/web/services/record_reading.ts";
import { findLastAuditHead } from "@/web/store/access/audit_heads.ts";

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "audit:read",
    confirm: true,
    summary: "The signed end of the audit log, to be kept elsewhere",
  },
};

export const handler = define.handlers({
  async GET({ state }) {
    const { tenant } = momentOf(state);
    const head = found(await readPage(state, (trx) => findLastAuditHead(trx)));
    await recordReading(state.services, requireSession(state).tenantId, actorOf(state), {
      action: "export.head",
      what: "head",
      summary: coded("audit_head_exported", { entry: head.sequence.toString(), day: head.signed_on }),
      details: { hash: head.hash.toHex() },
    });
    return new Response(JSON.stringify(headFile(tenant, head), null, 2) + "\n", {
      headers: {
        "content-type": "application/json; charset=utf-8",
        "content-disposition": `attachment; filename="audit-head-${head.signed_on}.json"`,
      },
    });
  },
});
