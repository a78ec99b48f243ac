import { ownPath } from "@/web/app/guard/own_path.ts";
import { address, asSeen } from "@/web/app/frame/page_context.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import type { FormView } from "@/web/app/form/form_types.ts";
import { withDone } from "@/web/app/list/chosen.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { Checkbox } from "@/web/components/form/SelectField.tsx";
import { formatCount } from "@/web/format.ts";
import { manyForm } from "@/web/route_table/deliveries.ts";
import { BATCH_MAX, type BatchOccasion, mailMany } from "@/web/services/mail/mail_many.ts";
import { LeftOut } from "./LeftOut.tsx";
import { billsOf, type ManyRows, readManyRows } from "./many_rows.ts";
import { quietWords } from "./mail_words.tsx";

type View = Pick<FormView<ManyRows, string>, "loaded" | "t">;

const WORDS = {
  reminder: {
    audit: "mail.reminded",
    summary: "Remind of many bills by mail: who gets one, who not and why",
    title: "deliveries.remind_title",
    question: "deliveries.remind_question",
    verb: "deliveries.remind_verb",
    nobody: "deliveries.remind_nobody",
  },
  bill_issued: {
    audit: "mail.bills_mailed",
    summary: "Mail many bills: which, which not and why",
    title: "deliveries.bills_title",
    question: "deliveries.bills_question",
    verb: "deliveries.bills_verb",
    nobody: "deliveries.bills_nobody",
  },
} as const;

/** The question about mailing what was ticked on the list of bills: bills, or reminders of them. */
export function askManyMails(occasion: BatchOccasion) {
  const words = WORDS[occasion];
  return define.question({
    query: manyForm,
    input: noFields,
    load: (trx, asked) => readManyRows(trx, asked, occasion),
    isAskedFor: ({ query: { step, key } }) => step === "ask" || key === undefined,
    leave: ({ form }, { isSent }) => {
      // The address of a question, opened again.
      if (!isSent) return "/admin/bills";
      return form.all || form.id.length > 0 ? null : withDone(form.back, { done: "nothing_ticked" });
    },
    permission: "mail:send",
    audit: words.audit,
    summary: words.summary,
    title: ({ t }) => t(words.title),
    back: backOf,
    blocked: (view) => blockedWords(view, view.t(words.nobody)),
    above: ({ t, loaded: { changedFrom, total, isAgain, mailed } }) => (
      <>
        {changedFrom !== null && (
          <Banner tone="warn" title={t("tables.changed_title")} live>
            {t("tables.changed", { before: formatCount(changedFrom), now: formatCount(total) })}
          </Banner>
        )}
        {isAgain && <Banner tone="warn" title={t("deliveries.bills_again_all", { n: mailed })} />}
      </>
    ),
    question: ({ t, loaded: { mails } }) => t(words.question, { n: mails }),
    effect: (view) => occasion === "reminder" ? remindEffect(view) : billsEffect(view),
    hidden: ({ loaded: { form, key, seen, total, isAgain } }): Record<string, string> => ({
      step: "do",
      key,
      seen,
      count: String(total),
      filter: form.filter,
      back: form.back,
      ...(form.all ? { all: "yes" } : {}),
      ...(isAgain ? { again: "yes" } : {}),
    }),
    verb: ({ t, loaded }) => t(words.verb, { n: loaded.chosen }),
    children: (view) => <Details view={view} />,
    submit: (_input, { call, state, loaded: { form, key } }) =>
      mailMany(...call, {
        key: form.key ?? key,
        occasion,
        isAgain: form.again,
        read: asSeen(state, billsOf(state, form)),
        seen: form.seen,
      }),
    done: ({ batchId }) => `/admin/reminders/${batchId}`,
  });
}

function remindEffect({ t, loaded: { chosen, total, mails, quietUntil } }: View) {
  return [
    chosen === total
      ? t("deliveries.remind_effect_all", { n: chosen })
      : t("deliveries.remind_effect", { n: chosen, left: total - chosen }),
    ...(mails < chosen ? [t("deliveries.remind_one_each")] : []),
    ...(quietUntil === null ? [] : [quietWords(t, quietUntil)]),
  ].join(" ");
}

function billsEffect({ t, loaded: { chosen, total } }: View) {
  return chosen === total
    ? t("deliveries.bills_effect_all")
    : t("deliveries.bills_effect", { left: total - chosen });
}

/** What becomes of which, and a reminder as one of them will read it. */
function Details({ view: { t, loaded } }: { view: View }) {
  const { form, before, left, mailed, isAgain, sample } = loaded;
  return (
    <>
      {before.length > 0 && (
        <FactList
          facts={before.map((row) => ({
            label: t(`deliveries.before_${row.before}`),
            value: formatCount(row.count),
          }))}
        />
      )}
      <LeftOut left={left} />
      {mailed > 0 && !isAgain && (
        <Checkbox
          name="again"
          value="yes"
          label={t("deliveries.bills_again", { n: mailed })}
          checked={form.again}
        />
      )}
      {sample.length > 0 && (
        <iframe
          class="mail-preview"
          title={t("mail_texts.frame")}
          src={address("/admin/reminders/preview", { bill: sample.join(",") })}
          sandbox="allow-popups allow-popups-to-escape-sandbox"
        />
      )}
      {!form.all && form.id.map((id) => <input key={id} type="hidden" name="id" value={id} />)}
    </>
  );
}

function backOf({ t, loaded: { form } }: View) {
  return { href: ownPath(form.back) ?? "/admin/bills", label: t("tables.back") };
}

/** In place of the question where nothing would be mailed: why, and the way back. */
function blockedWords(view: View, nobody: string) {
  const { t, loaded: { total, chosen, left } } = view;
  if (chosen > 0) return null;
  const { href, label } = backOf(view);
  return (
    <EmptyState
      icon="mail"
      title={total > BATCH_MAX ? t("codes_deliveries.mail_too_many", { max: BATCH_MAX }) : nobody}
      actions={<LinkButton kind="primary" href={href}>{label}</LinkButton>}
    >
      <LeftOut left={left} />
    </EmptyState>
  );
}
