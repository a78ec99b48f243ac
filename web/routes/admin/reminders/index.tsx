import { ownPath } from "@/web/app/guard/own_path.ts";
import { address } from "@/web/app/frame/page_context.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import type { FormView } from "@/web/app/form/form_types.ts";
import { withDone } from "@/web/app/list/chosen.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { formatCount } from "@/web/format.ts";
import { remindForm } from "@/web/route_table/deliveries.ts";
import { REMIND_MAX, remindMany } from "@/web/services/mail/remind_many.ts";
import { LeftOut } from "../mail/(_parts)/LeftOut.tsx";
import { billsOf, readRemindRows, type RemindRows } from "../mail/(_parts)/remind_rows.ts";

type View = Pick<FormView<RemindRows, string>, "loaded" | "t">;

const question = define.question({
  query: remindForm,
  input: noFields,
  load: readRemindRows,
  isAskedFor: ({ query: { step, key } }) => step === "ask" || key === undefined,
  leave: ({ form }, { isSent }) => {
    // The address of a question, opened again.
    if (!isSent) return "/admin/bills";
    return form.all || form.id.length > 0 ? null : withDone(form.back, { done: "nothing_ticked" });
  },
  permission: "mail:send",
  audit: "mail.reminded",
  summary: "Remind of many bills by mail: who gets one, who not and why",
  title: ({ t }) => t("deliveries.remind_title"),
  back: backOf,
  blocked: (view) => blockedWords(view),
  above: ({ t, loaded: { changedFrom, total } }) =>
    changedFrom !== null && (
      <Banner tone="warn" title={t("tables.changed_title")} live>
        {t("tables.changed", { before: formatCount(changedFrom), now: formatCount(total) })}
      </Banner>
    ),
  question: ({ t, loaded }) => t("deliveries.remind_question", { n: loaded.chosen }),
  effect: ({ t, loaded }) =>
    loaded.chosen === loaded.total
      ? t("deliveries.remind_effect_all", { n: loaded.chosen })
      : t("deliveries.remind_effect", { n: loaded.chosen, left: loaded.total - loaded.chosen }),
  hidden: ({ loaded: { form, key, seen, total } }): Record<string, string> => ({
    step: "do",
    key,
    seen,
    count: String(total),
    filter: form.filter,
    back: form.back,
    ...(form.all ? { all: "yes" } : {}),
  }),
  verb: ({ t, loaded }) => t("deliveries.remind_verb", { n: loaded.chosen }),
  children: ({ t, loaded: { form, left, sample } }) => (
    <>
      <LeftOut left={left} />
      {sample !== null && (
        <iframe
          class="mail-preview"
          title={t("mail_texts.frame")}
          src={address("/admin/reminders/preview", { bill: sample })}
          sandbox="allow-popups allow-popups-to-escape-sandbox"
        />
      )}
      {!form.all && form.id.map((id) => <input key={id} type="hidden" name="id" value={id} />)}
    </>
  ),
  submit: (_input, { call, state, loaded: { form, key } }) =>
    remindMany(...call, { key: form.key ?? key, read: billsOf(state, form), seen: form.seen }),
  done: ({ batchId }) => `/admin/reminders/${batchId}`,
});

export default question.page;
export const { handler, route } = question;

function backOf({ t, loaded: { form } }: View) {
  return { href: ownPath(form.back) ?? "/admin/bills", label: t("tables.back") };
}

/** In place of the question where nobody would get a reminder: why, and the way back. */
function blockedWords(view: View) {
  const { t, loaded: { total, chosen, left } } = view;
  if (chosen > 0) return null;
  const { href, label } = backOf(view);
  const isTooMany = total > REMIND_MAX;
  return (
    <EmptyState
      icon="mail"
      title={isTooMany
        ? t("codes_deliveries.mail_too_many", { max: REMIND_MAX })
        : t("deliveries.remind_nobody")}
      actions={<LinkButton kind="primary" href={href}>{label}</LinkButton>}
    >
      <LeftOut left={left} />
    </EmptyState>
  );
}
