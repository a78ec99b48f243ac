import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { askBookCheck } from "@/web/services/billing/check_books.ts";

export const { handler, route } = define.action({
  input: noFields,
  permission: "bill_run:run",
  audit: "books.check_asked",
  summary: "Check the books now",
  submit: (_input, { call }) => askBookCheck(...call),
  done: () => "/admin/settings/books?done=asked",
});
