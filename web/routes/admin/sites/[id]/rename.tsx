import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { renameSiteForm } from "@/web/route_table/sites.ts";
import { renameSite } from "@/web/services/network/rename_site.ts";
import { onSite } from "../(_parts)/on_site.tsx";

const part = define.part({
  on: {
    ...onSite,
    // The page has another field of that name, for a router.
    refuse: (ctx, problems) => onSite.refuse(ctx, { siteName: Object.values(problems).join(" ") }),
  },
  params: idParams,
  input: renameSiteForm,
  load: (_trx, { params }) => Promise.resolve(params),
  permission: "site:write",
  audit: "site.renamed",
  summary: "Rename a site",
  submit: ({ name, was: seen }, { call, loaded: { id } }) => renameSite(...call, { siteId: id, name, seen }),
  done: (_value, { loaded: { id } }) => `/admin/sites/${id}?done=renamed`,
  undo: (_value, { loaded: { id } }) => id,
});

export default part.page;
export const { handler, route } = part;
