import { HttpError, page } from "fresh";
import { define } from "../../../define.ts";

export const handlers = define.handlers({
  GET: (ctx) => {
    if (ctx.url.searchParams.has("fail")) throw new HttpError(409, "busy");
    return page({ id: 7 }, { status: 203, headers: { "x-page": "yes" } });
  },
  POST: (ctx) => ctx.redirect("/admin/deep/page", 303),
});

export default define.page<typeof handlers>(async ({ data }) => {
  await Promise.resolve();
  return <b>{data.id}</b>;
});
