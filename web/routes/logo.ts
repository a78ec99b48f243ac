import { define } from "@/web/app/state.ts";
import { findLogo } from "@/web/store/settings/tenant_logos.ts";
import { readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

/** The company's logo; without one it leads to Today. Its kind was read from its bytes when it was saved; browsers are told to believe only that. */
export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "signed_in",
    summary: "The company's logo; leads to Today without one",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const logo = await readPage(ctx.state, findLogo);
    if (logo === null) return ctx.redirect("/admin", 303);
    return new Response(new Uint8Array(logo.bytes), {
      headers: {
        "content-type": `image/${logo.type}`,
        "content-disposition": `inline; filename="logo.${logo.type}"`,
        "cross-origin-resource-policy": "same-origin",
        // The address changes with the picture.
        "cache-control": "private, max-age=86400, immutable",
      },
    });
  },
});
