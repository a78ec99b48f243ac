import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { routerAnswerForm } from "@/web/route_table/sites.ts";
import { answerRouter } from "@/web/services/network/answer_router.ts";
import { WEB_COMMANDS } from "@/web/services/network/commands/command_registry.ts";
import { list } from "./index.tsx";

const part = define.part({
  on: { path: ({ id }) => `/admin/routers/${id}`, page: list.page, refuse: list.refuse },
  params: idParams,
  input: routerAnswerForm,
  load: (_trx, { params }) => Promise.resolve(params),
  permission: WEB_COMMANDS["router.answer"].permission,
  audit: "router.answered",
  summary: "Answer what the agent asks of a router, where nobody is cut for it",
  submit: ({ question, answer }, { call, loaded: { id } }) =>
    answerRouter(...call, { routerId: id, questionId: question, answer }),
  done: ({ commandId }, { loaded: { id } }) => `/admin/routers/${id}?answer=${commandId}`,
});

export default part.page;
export const { handler, route } = part;
