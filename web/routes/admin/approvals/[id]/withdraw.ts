import { z } from "zod";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { withdrawRequest } from "@/web/services/approvals/withdraw.ts";

export const { handler, route } = define.action({
  params: idParams,
  input: z.object({}),
  permission: "approval:read",
  audit: "approval.withdrawn",
  summary: "Take a request back that one has made",
  load: (_trx, { params }) => Promise.resolve(params),
  submit: (_input, { call, loaded: { id } }) => withdrawRequest(...call, { requestId: id }),
  done: (_value, { loaded: { id } }) => `/admin/approvals/${id}?done=withdrawn`,
});
