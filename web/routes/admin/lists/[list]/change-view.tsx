import { refused } from "@/web/app/refused.ts";
import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { changeViewForm, viewParams } from "@/web/route_table/lists.ts";
import { dropView, nameView } from "@/web/services/settings/arrange_lists.ts";
import { address, typed } from "@/web/app/page_context.ts";
import { loadViews, ViewsPage } from "./(_parts)/ViewsPage.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

export default define.page<typeof handler>(({ data, state }) => <ViewsPage data={data} state={state} />);

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "signed_in",
    params: viewParams,
    summary: "Leads back to the saved views",
  },
  POST: {
    audience: "staff",
    permission: "signed_in",
    params: viewParams,
    input: changeViewForm,
    summary: "Rename or delete a saved view",
  },
};

export const handler = define.handlers({
  // The address of a refused form, opened again.
  GET: (ctx) => ctx.redirect(`/admin/lists/${readParams(ctx.state, viewParams).list}/views`, 303),
  async POST(ctx) {
    const { list } = readParams(ctx.state, viewParams);
    const refuse = async ({ name, ...others }: Record<string, string>) => {
      // Each view has its own field.
      const problems = name === undefined ? others : { ...others, [`name.${typed(ctx.state, "id")}`]: name };
      return page(await loadViews(ctx.state, list, { problems, name: typed(ctx.state, "name") }), {
        status: 422,
      });
    };
    if (ctx.state.inputProblems !== null) return await refuse(ctx.state.inputProblems);
    const form = readInput(ctx.state, changeViewForm);
    const { tenantId, staffUserId } = requireSession(ctx.state);
    const { services } = ctx.state;
    if (form.intent === "delete") {
      await dropView(services, tenantId, { staffUserId, id: form.id });
    } else {
      const result = await nameView(services, tenantId, { staffUserId, id: form.id, name: form.name });
      if (!result.ok && result.code === "view_not_found") {
        throw refused("not_found");
      }
      if (!result.ok) return await refuse({ name: refusalText(ctx.state, result) });
    }
    const done = form.intent === "delete" ? "deleted" : "renamed";
    return ctx.redirect(address(`/admin/lists/${list}/views`, { done }), 303);
  },
});
