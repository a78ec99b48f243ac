import type { Context } from "fresh";
import type { AppState } from "@/web/app/state.ts";
import { list } from "../index.tsx";
import { placeOf } from "./row_action.ts";

/** Tonight, for the buttons of its rows: what is wrong is said above the part of the list that one was on. */
export const onTonight = {
  path: () => "/admin/tonight",
  page: list.page,
  refuse(ctx: Context<AppState>, problems: Readonly<Record<string, string>>) {
    const { view, siteId } = placeOf(ctx.state);
    return list.refuse(ctx, { "": Object.values(problems).join(" ") }, { view, site: siteId });
  },
};
