import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/Button.tsx";
import { Csrf } from "@/web/components/Csrf.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { Checkbox } from "@/web/components/SelectField.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { editRouterForm } from "@/web/route_table/sites.ts";
import { testRouter } from "@/web/services/network/test_router.ts";
import { updateRouter } from "@/web/services/network/update_router.ts";
import { findLiveAgent } from "@/web/store/network/agents.ts";
import { findRouter, type RouterRow } from "@/web/store/network/routers.ts";
import { actorOf, found, readPage, typed } from "@/web/app/page_context.ts";
import { RouterFields } from "../../(_network)/RouterFields.tsx";
import { fieldOfRouterProblem } from "../../(_network)/router_problems.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

interface EditData {
  router: RouterRow;
  /** The password was sealed to an agent that is gone. */
  needsPassword: boolean;
  problems: Record<string, string>;
}

export default define.page<typeof handler>(function EditRouterPage({ data, state }) {
  const { router, problems, needsPassword } = data;
  const { t } = state;
  const wasSent = Object.keys(problems).length > 0;
  const values = wasSent
    ? {
      name: typed(state, "name"),
      host: typed(state, "host"),
      port: typed(state, "port"),
      username: typed(state, "username"),
    }
    : { name: router.name, host: router.host, port: String(router.port), username: router.username };
  return (
    <>
      <PageHeader
        title={t("network.edit_title", { name: router.name })}
        back={{ href: `/admin/routers/${router.id}`, label: router.name }}
      />
      <ErrorSummary errors={problems} />
      <section class="card">
        <div class="card-body">
          <form class="form" method="post" action={`/admin/routers/${router.id}/edit`}>
            <Csrf token={state.csrfToken} />
            <RouterFields
              values={values}
              problems={problems}
              isPasswordRequired={needsPassword}
              passwordHint={needsPassword ? t("network.type_again") : t("network.keep_password")}
            />
            <Checkbox
              name="replaced"
              label={t("network.replaced")}
              hint={t("network.bound_to", {
                serial: router.serial_number ?? router.software_id ?? t("network.no_serial"),
              })}
              checked={wasSent && typed(state, "replaced") !== ""}
              required={false}
            />
            <div class="form-actions">
              <Button kind="primary">{t("network.save_test")}</Button>
              <LinkButton href={`/admin/routers/${router.id}`}>{t("states.go_back")}</LinkButton>
            </div>
          </form>
        </div>
      </section>
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "router:write",
    params: idParams,
    summary: "Form to change a router",
  },
  POST: {
    audience: "staff",
    permission: "router:write",
    params: idParams,
    input: editRouterForm,
    audit: "router.updated",
    summary: "Change a router",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    return page(await load(ctx.state, {}));
  },
  async POST(ctx) {
    const { state } = ctx;
    const { id: routerId } = readParams(state, idParams);
    const { tenantId } = requireSession(state);
    if (state.inputProblems !== null) return page(await load(state, state.inputProblems), { status: 422 });
    const { replaced: forgetIdentity, password, ...form } = readInput(state, editRouterForm);
    const saved = await updateRouter(state.services, tenantId, actorOf(state), {
      routerId,
      ...form,
      forgetIdentity,
      ...(password === undefined ? {} : { password }),
    });
    if (!saved.ok) {
      return page(await load(state, { [fieldOfRouterProblem(saved.code)]: refusalText(state, saved) }), {
        status: 422,
      });
    }
    const test = await testRouter(state.services, tenantId, actorOf(state), { routerId });
    return ctx.redirect(
      `/admin/routers/${routerId}?${test.ok ? `test=${test.value.commandId}` : "done=updated"}`,
      303,
    );
  },
});

async function load(state: AppState, problems: Record<string, string>): Promise<EditData> {
  const { id } = readParams(state, idParams);
  return await readPage(state, async (trx) => {
    const router = found(await findRouter(trx, id));
    found(router.archived_at === null || null);
    const agent = await findLiveAgent(trx, router.site_id);
    state.title = state.t("network.edit_title", { name: router.name });
    return { router, problems, needsPassword: agent?.id !== router.sealed_to_agent_id };
  });
}
