import { Banner } from "@/web/components/facts/Banner.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { Button } from "@/web/components/form/Button.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { type MailTest, TEST_SECONDS } from "@/web/services/mail/test_mail_server.ts";
import { type Step, STEPS, switchOf, wantedBy } from "./trial_rules.ts";
import { problemKey, sayWords, todoKey } from "./problem_words.ts";

interface TrialProps {
  test: MailTest;
  t: Translate;
}

/** What a test found, step by step, with what is to be done about the step that failed. */
export function Trial({ test, t }: TrialProps) {
  const { trial, host, to } = test;
  if (trial === null) {
    return (
      <Banner tone="bad" title={t("mail_server.trial_late_title", { seconds: TEST_SECONDS })} live>
        {t("mail_server.trial_late_text")}
      </Banner>
    );
  }
  const failedAt = trial.stoppedAt;
  return (
    <>
      {failedAt === null
        ? (
          <Banner tone="ok" title={t("mail_server.trial_ok_title", { server: host, to })} live>
            {t("mail_server.trial_ok_text")}
          </Banner>
        )
        : (
          <Banner
            tone="bad"
            title={t("mail_server.trial_bad_title", { step: stepText(test, failedAt, t) })}
            live
            actions={<SwitchButton test={test} t={t} />}
          >
            {sayProblem(test, t)} {t(todoKey(trial.failure?.problem ?? "other"))}
          </Banner>
        )}
      <ol class="rows rows-steps">
        {STEPS.map((step) => <StepRow key={step} step={step} test={test} t={t} />)}
      </ol>
    </>
  );
}

function StepRow({ step, test, t }: TrialProps & { step: Step }) {
  const { trial } = test;
  const stoppedAt = trial?.stoppedAt ?? null;
  const [at, end] = [STEPS.indexOf(step), stoppedAt === null ? STEPS.length : STEPS.indexOf(stoppedAt)];
  const state = at < end ? "ok" : at === end ? "failed" : "not_reached";
  const said = state === "failed" && trial?.failure
    ? sayWords(t, trial.failure)
    : step === "accepted" && state === "ok" && trial?.words
    ? t("mail_server.server_words", { words: trial.words })
    : null;
  return (
    <li>
      <Pill tone={state === "ok" ? "ok" : state === "failed" ? "bad" : "mute"}>
        {t(`mail_server.state_${state}`)}
      </Pill>
      <div>
        <b>{stepText(test, step, t)}</b>
        {said !== null && <div class="note">{said}</div>}
      </div>
    </li>
  );
}

function stepText({ encryption, auth }: MailTest, step: Step, t: Translate): string {
  if (step === "encryption" && encryption === "none") return t("mail_server.step_encryption_none");
  if (step === "login" && auth === "none") return t("mail_server.step_login_none");
  return t(`mail_server.step_${step}`);
}

/** What is wrong, in one sentence. */
export function sayProblem(test: MailTest, t: Translate): string {
  const values = { port: String(test.port), wanted: wantedBy(test) ?? "" };
  return t(problemKey(test.trial?.failure?.problem ?? "other"), values);
}

/** Switches the encryption where that is the problem, and tests again. */
function SwitchButton({ test, t }: TrialProps) {
  const wanted = switchOf(test);
  if (wanted === null) return null;
  return (
    <Button small name="switchTo" value={wanted}>
      {t("mail_server.switch_to", { encryption: t(`mail_server.encryption_${wanted}`) })}
    </Button>
  );
}
