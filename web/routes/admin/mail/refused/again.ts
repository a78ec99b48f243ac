import { readFilter } from "@/web/app/list/frame.ts";
import { define } from "@/web/app/state.ts";
import { refusedQuery, tryAddressesForm } from "@/web/route_table/deliveries.ts";
import { forgetRefusals } from "@/web/services/mail/forget_refusals.ts";

export const { handler, route } = define.action({
  input: tryAddressesForm,
  permission: "mail:send",
  audit: "mail.addresses_again",
  summary: "Let refused addresses get mail again",
  submit: ({ id, all, filter }, { call }) =>
    forgetRefusals(...call, {
      addresses: all ? { kind: readFilter(refusedQuery, filter).kind } : id,
    }),
  done: ({ count }) => `/admin/mail/refused?done=again&n=${count}`,
});
