import type { FormParts } from "@/web/app/form/define_form.tsx";
import { may } from "@/web/app/frame/page_context.ts";
import { actorText } from "@/web/app/words/actor_words.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Tabs } from "@/web/components/frame/Tabs.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { endsPasswords, MAIL_PRESETS, type MailPreset } from "@/web/domain/mail/presets.ts";
import { SENDING_LIMIT } from "@/web/domain/mail/sender_problems.ts";
import { MAIL_MAX } from "@/web/domain/mail/server_rules.ts";
import { formatInstant } from "@/web/format.ts";
import MailForm from "@/web/islands/MailForm.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { TEST_SECONDS } from "@/web/services/mail/test_mail_server.ts";
import type { MailServerRow } from "@/web/store/mail/mail_servers.ts";
import { GateNote } from "../../../approvals/(_parts)/gate.tsx";
import { SettingsFrame } from "../SettingsFrame.tsx";
import { testOf } from "./mail_form.ts";
import { At, type MailView, TRIAL_FIELDS } from "./MailFields.tsx";
import { problemKey, sayStoredWords, todoKey } from "./problem_words.ts";
import { Trial } from "./Trial.tsx";

interface MailPageProps {
  view: MailView;
  parts: FormParts;
  mayWrite: boolean;
}

const FORM_ID = "mail-form";

/** How mail stands, the providers, and the form with its test. */
export function MailPage({ view, parts, mayWrite }: MailPageProps) {
  const { t, state, loaded: { tenant, row, done } } = view;
  return (
    <SettingsFrame
      section="mail"
      state={state}
      done={done}
      save={row === null ? null : { revision: row.revision, by: row.saved_by, at: row.saved_at }}
      zone={tenant.time_zone}
      actions={mayWrite && row !== null && (
        <LinkButton href="/admin/settings/mail/stop" dialog>{t("mail_server.stop")}</LinkButton>
      )}
    >
      <Standing view={view} />
      <Waiting view={view} />
      {mayWrite
        ? <Editing view={view} parts={parts} />
        : row !== null && (
          <Card title={t("mail_server.title")}>
            <FactList wide facts={factsOf(row, t)} />
          </Card>
        )}
    </SettingsFrame>
  );
}

function Standing({ view: { t, loaded: { row, standing, tenant, now } } }: { view: MailView }) {
  if (row === null) {
    return <Banner tone="info" title={t("mail_server.none_title")}>{t("mail_server.none_text")}</Banner>;
  }
  const { problem, notBeforeAt } = standing;
  const since = problem?.problem_at ?? null;
  const isPaused = problem === null || problem.problem === SENDING_LIMIT;
  return (
    <>
      {isPaused && notBeforeAt !== null && Temporal.Instant.compare(notBeforeAt, now) > 0 && (
        <Banner
          tone="info"
          title={t("mail_server.paused_title", { when: formatInstant(notBeforeAt, tenant.time_zone, t) })}
        >
          <p>{t(problem === null ? "mail_server.paused_own" : "mail_server.paused_provider")}</p>
          {problem?.problem_words && <p>{sayStoredWords(t, problem.problem_words)}</p>}
        </Banner>
      )}
      {problem !== null && !isPaused && (
        <Banner
          tone="bad"
          title={t("mail_server.stopped_title", {
            when: since === null ? "none" : formatInstant(since, tenant.time_zone, t),
          })}
        >
          <p>
            {t(problemKey(problem.problem), { port: String(row.port), wanted: "" })}{" "}
            {t(todoKey(problem.problem))}
          </p>
          {problem.problem_words && <p>{sayStoredWords(t, problem.problem_words)}</p>}
        </Banner>
      )}
      {row.auth === "password" && endsPasswords(row.host) && (
        <Banner tone="warn" title={t("mail_server.basic_title")}>{t("mail_server.basic_text")}</Banner>
      )}
    </>
  );
}

/** A change that waits, with the way to it. */
function Waiting({ view: { t, state, loaded: { waiting } } }: { view: MailView }) {
  if (waiting === null) return null;
  const { id, asked_by: by, reason } = waiting;
  return (
    <Banner
      tone="info"
      title={t("approvals.mail_waits")}
      actions={may(state, "approval:read") && (
        <LinkButton small href={`/admin/approvals/${id}`}>{t("approvals.open")}</LinkButton>
      )}
    >
      {t("approvals.open_line", { by: actorText(t, by), reason })}
    </Banner>
  );
}

/** Says that a change has to be asked for, and asks why. */
function Asking({ view: { t, field, loaded: { gate } } }: { view: MailView }) {
  if (gate.way === "run") return null;
  return (
    <>
      <GateNote gate={gate} t={t} />
      <p class="hint">{t("approvals.gate_mail_note")}</p>
      <TextField {...field("reason")} />
    </>
  );
}

function Editing({ view, parts }: Omit<MailPageProps, "mayWrite">) {
  const { t, state, field, values } = view;
  const preset = MAIL_PRESETS.find((name) => name === values.preset) ?? "own";
  const test = testOf(state);
  return (
    <>
      <Provider preset={preset} t={t} />
      <form class="mail-form" id={FORM_ID} {...parts.attributes}>
        <Card title={t("mail_server.title")}>
          <div class="form">
            {parts.start}
            <div id="mail-said">{parts.summary}</div>
            {parts.fields}
            <Asking view={view} />
            <div class="form-actions">{parts.button}</div>
          </div>
        </Card>
        <Card title={t("mail_server.test")}>
          <div class="form">
            <p>{t("mail_server.test_lead", { seconds: TEST_SECONDS })}</p>
            <At view={view} name="testTo">
              <TextField {...field("testTo")} type="text" maxLength={MAIL_MAX.address} mono required />
            </At>
            <div class="form-actions">
              <Button name="intent" value="preview">{t("mail_server.test_send")}</Button>
            </div>
            <noscript>
              <p class="hint">{t("mail_server.test_again_note")}</p>
            </noscript>
            <div class="stack" id="mail-trial" aria-live="polite">
              {test !== null && <Trial test={test} t={t} />}
            </div>
          </div>
        </Card>
      </form>
      <MailForm
        form={FORM_ID}
        regions={["mail-said", "mail-trial", ...TRIAL_FIELDS.map((name) => `trial-${name}`)]}
        busy={t("mail_server.testing")}
      />
    </>
  );
}

function Provider({ preset, t }: { preset: MailPreset; t: Translate }) {
  return (
    <Card title={t("mail_server.provider")}>
      <div class="stack">
        <div class="tabs-wrap">
          <Tabs
            label={t("mail_server.provider")}
            tabs={MAIL_PRESETS.map((name) => ({
              label: t(`mail_server.preset_${name}`),
              href: `/admin/settings/mail?preset=${name}`,
              isCurrent: name === preset,
            }))}
          />
        </div>
        <p class="mail-wants">{t(`mail_server.wants_${preset}`)}</p>
        <p class="hint">
          {preset !== "own" && `${t("mail_server.wants_date")} `}
          {t("mail_server.provider_hint")}
        </p>
      </div>
    </Card>
  );
}

function factsOf(row: MailServerRow, t: Translate) {
  return [
    { label: t("mail_server.host"), value: `${row.host}:${row.port}` },
    { label: t("mail_server.encryption"), value: t(`mail_server.encryption_${row.encryption}`) },
    { label: t("mail_server.login"), value: t(`mail_server.auth_${row.auth}`) },
    { label: t("mail_server.sender"), value: `${row.from_name} <${row.from_address}>` },
    { label: t("mail_server.reply_to"), value: row.reply_to },
    {
      label: t("mail_server.limits"),
      value: t("mail_server.limits_said", {
        hour: row.hourly_max?.toString() ?? "none",
        day: row.daily_max?.toString() ?? "none",
      }),
    },
  ];
}
