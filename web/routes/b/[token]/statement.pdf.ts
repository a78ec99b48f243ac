import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { openPublicStatement } from "@/web/services/mail/public_bill.ts";
import { nowhere, publicFile, tryOf } from "../(_parts)/open.tsx";

export const route: RouteEntries = {
  GET: { audience: "public", permission: "public", summary: "The Statement of Account of a bill" },
};

export const handler = define.handlers({
  async GET(ctx) {
    const opened = await openPublicStatement(ctx.state.services, tryOf(ctx));
    if (opened.kind !== "found") return nowhere(ctx, opened);
    const { fileName, bytes } = opened.value;
    return publicFile(bytes, {
      "content-type": "application/pdf",
      "content-disposition": `inline; filename="${fileName.replace(/[^\w.-]/g, "_")}"`,
    });
  },
});
