import { found } from "@/web/app/frame/page_context.ts";
import { readInput } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { mailFileQuery } from "@/web/route_table/demo.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

const PDF = "application/pdf";

/** A file of a mail. A PDF opens in the browser; anything else is only ever saved, whatever it says that it is. */
export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "demo:control",
    input: mailFileQuery,
    summary: "A file of a mail in the Mailbox",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { mail, file: index } = readInput(ctx.state, mailFileQuery);
    const file = found(await found(ctx.state.demo).findMailFile(mail, index));
    const isPdf = file.contentType === PDF;
    const name = encodeURIComponent(file.fileName || "file");
    return new Response(file.content, {
      headers: {
        "content-type": isPdf ? PDF : "application/octet-stream",
        "content-disposition": `${isPdf ? "inline" : "attachment"}; filename*=UTF-8''${name}`,
        "cross-origin-resource-policy": "same-origin",
      },
    });
  },
});
