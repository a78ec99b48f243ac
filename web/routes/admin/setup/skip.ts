import { define } from "@/web/app/state.ts";
import { stepAfter } from "@/web/domain/settings/mod.ts";
import { skipForm } from "@/web/route_table/settings.ts";
import { skipSetupStep } from "@/web/services/settings/setup_steps.ts";

/** Leaves a step for later and goes to the next one. */
export const { handler, route } = define.action({
  input: skipForm,
  permission: "settings:write",
  summary: "Set-up: leave a step for later",
  submit: ({ step }, { call }) => skipSetupStep(...call, { step }),
  done: (_value, { input }) => {
    const next = stepAfter(input.step);
    return next === null ? "/admin" : `/admin/setup/${next}`;
  },
});
