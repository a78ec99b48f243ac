import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { dismissChecklist } from "@/web/services/settings/setup_steps.ts";

/** Takes the checklist off Today. */
export const { handler, route } = define.action({
  input: noFields,
  permission: "settings:write",
  audit: "setup.checklist_dismissed",
  summary: "Take the checklist off Today",
  submit: (_input, { call }) => dismissChecklist(...call),
  done: () => "/admin?done=checklist_dismissed",
});
