import { ok } from "@/shared/result.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Checkbox } from "@/web/components/form/SelectField.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { editRouterForm } from "@/web/route_table/sites.ts";
import { testRouter } from "@/web/services/network/test_router.ts";
import { routerVersion, updateRouter } from "@/web/services/network/update_router.ts";
import { findLiveAgent } from "@/web/store/network/agents.ts";
import { findRouter } from "@/web/store/network/routers.ts";
import { ROUTER_LABELS, RouterFields } from "../../(_network)/RouterFields.tsx";
import { ROUTER_PROBLEM_FIELDS } from "../../(_network)/router_problems.ts";

const form = define.form({
  params: idParams,
  input: editRouterForm,
  load: async (trx, { params }) => {
    const router = found(await findRouter(trx, params.id));
    found(router.archived_at === null || null);
    const agent = await findLiveAgent(trx, router.site_id);
    // A password that was sealed to an agent that is gone is typed again.
    return { router, needsPassword: agent?.id !== router.sealed_to_agent_id };
  },
  permission: "router:write",
  audit: "router.updated",
  summary: "Change a router",
  title: ({ t, loaded: { router } }) => t("network.edit_title", { name: router.name }),
  back: ({ loaded: { router } }) => ({ href: `/admin/routers/${router.id}`, label: router.name }),
  labels: { ...ROUTER_LABELS, replaced: "network.replaced" },
  values: ({ router }) => ({
    name: router.name,
    host: router.host,
    port: String(router.port),
    username: router.username,
  }),
  edits: { subject: ({ router }) => router.id, version: ({ router }) => routerVersion(router) },
  fields: (view) => {
    const { t, field, loaded: { router, needsPassword } } = view;
    const { value: replaced, ...box } = field("replaced");
    return (
      <>
        <RouterFields
          form={view}
          isPasswordRequired={needsPassword}
          passwordHint={t(needsPassword ? "network.type_again" : "network.keep_password")}
        />
        <Checkbox
          {...box}
          hint={t("network.bound_to", {
            serial: router.serial_number ?? router.software_id ?? t("network.no_serial"),
          })}
          checked={replaced !== ""}
          required={false}
        />
      </>
    );
  },
  verb: ({ t }) => t("network.save_test"),
  submit: async ({ replaced, password, ...address }, { call, loaded: { router }, seen }) => {
    const saved = await updateRouter(...call, {
      routerId: router.id,
      ...address,
      seen,
      forgetIdentity: replaced,
      ...(password === undefined ? {} : { password }),
    });
    return saved.ok ? ok(await testRouter(...call, { routerId: router.id })) : saved;
  },
  at: ROUTER_PROBLEM_FIELDS,
  done: (test, { loaded: { router } }) =>
    `/admin/routers/${router.id}?${test.ok ? `test=${test.value.commandId}` : "done=updated"}`,
});

export default form.page;
export const { handler, route } = form;
