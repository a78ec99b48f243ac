import type { RouteEntries } from "@/web/app/route_table.ts";
import { define } from "@/web/app/state.ts";
import { openPublicLogo } from "@/web/services/mail/public_bill.ts";
import { nowhere, publicFile, tryOf } from "../(_parts)/open.tsx";

export const route: RouteEntries = {
  GET: { audience: "public", permission: "public", summary: "The company's logo beside a bill" },
};

export const handler = define.handlers({
  async GET(ctx) {
    const opened = await openPublicLogo(ctx.state.services, tryOf(ctx));
    if (opened.kind !== "found") return nowhere(ctx, opened);
    const { type, bytes } = opened.value;
    return publicFile(bytes, {
      "content-type": `image/${type}`,
      "content-disposition": `inline; filename="logo.${type}"`,
      "cache-control": "private, max-age=86400",
    });
  },
});
