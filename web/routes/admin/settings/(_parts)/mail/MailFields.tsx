import type { ComponentChildren } from "preact";
import type { FieldOf, FormView } from "@/web/app/form/form_types.ts";
import { Disclosure } from "@/web/components/facts/Disclosure.tsx";
import { Icon } from "@/web/components/facts/Icon.tsx";
import { NumberField } from "@/web/components/form/NumberField.tsx";
import { Checkbox, RadioCards, SelectField } from "@/web/components/form/SelectField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { MAIL_MAX } from "@/web/domain/mail/server_rules.ts";
import type { mailServerForm } from "@/web/route_table/mail_server.ts";
import { type MailFacts, testOf } from "./mail_form.ts";
import { fieldOf, type TrialField } from "./trial_rules.ts";
import { sayWords } from "./problem_words.ts";
import { sayProblem } from "./Trial.tsx";

export type MailView = FormView<MailFacts, FieldOf<typeof mailServerForm>>;

/** Fields that a failed test may speak of; what it says is put in place of these by the island. */
export const TRIAL_FIELDS = [
  "host",
  "port",
  "encryption",
  "auth",
  "password",
  "clientSecret",
  "fromAddress",
  "dailyMax",
  "testTo",
] as const satisfies readonly TrialField[];

/** Server, login, sender and limits. What does not belong to the chosen login is hidden by the style sheet. */
export function MailFields({ view }: { view: MailView }) {
  return (
    <>
      <ServerFields view={view} />
      <LoginFields view={view} />
      <SenderFields view={view} />
      <LimitFields view={view} />
    </>
  );
}

function ServerFields({ view }: { view: MailView }) {
  const { t, field } = view;
  const encryptions = ["by_port", "starttls", "tls", "none"] as const;
  return (
    <Group title={t("mail_server.server")}>
      <div class="form-row">
        <At view={view} name="host">
          <TextField {...field("host")} hint={t("mail_server.host_hint")} autocomplete="off" mono required />
        </At>
        <At view={view} name="port">
          <TextField {...field("port")} autocomplete="off" width="short" maxLength={6} mono />
        </At>
      </div>
      <At view={view} name="encryption">
        <SelectField
          {...field("encryption")}
          options={encryptions.map((value) => ({ value, label: t(`mail_server.encryption_${value}`) }))}
          hint={t("mail_server.encryption_hint")}
          width="medium"
        />
      </At>
    </Group>
  );
}

function LoginFields({ view }: { view: MailView }) {
  const { t, field, loaded: { row } } = view;
  const auths = ["password", "oauth2", "none"] as const;
  const secret = (isKept: boolean) => ({
    type: "password" as const,
    autocomplete: "new-password",
    hint: t(isKept ? "mail_server.secret_kept" : "mail_server.secret_new"),
    isConditional: true,
  });
  return (
    <Group title={t("mail_server.login")}>
      <At view={view} name="auth">
        <RadioCards
          {...field("auth")}
          options={auths.map((value) => ({
            value,
            label: t(`mail_server.auth_${value}`),
            note: t(`mail_server.auth_${value}_note`),
          }))}
          row
        />
      </At>
      <div class="mail-login">
        <TextField
          {...field("username")}
          hint={t("mail_server.username_hint")}
          autocomplete="off"
          isConditional
          mono
        />
        <div class="mail-password">
          <At view={view} name="password">
            <TextField {...field("password")} {...secret((row?.password_sealed ?? null) !== null)} />
          </At>
        </div>
        <div class="mail-oauth">
          <TextField {...field("clientId")} autocomplete="off" isConditional mono />
          <At view={view} name="clientSecret">
            <TextField
              {...field("clientSecret")}
              {...secret((row?.oauth_client_secret_sealed ?? null) !== null)}
            />
          </At>
          <TextField
            {...field("refreshToken")}
            {...secret((row?.oauth_refresh_token_sealed ?? null) !== null)}
          />
          <TextField {...field("tokenUrl")} autocomplete="off" isConditional mono />
          <Disclosure label={t("mail_server.oauth_how")}>
            <p class="note">{t("mail_server.oauth_google")}</p>
            <p class="note">{t("mail_server.oauth_microsoft")}</p>
          </Disclosure>
        </div>
        {row !== null && row.auth !== "none" && (
          <Checkbox name="removeLogin" label={t("mail_server.remove_login")} />
        )}
      </div>
    </Group>
  );
}

function SenderFields({ view }: { view: MailView }) {
  const { t, field } = view;
  return (
    <Group title={t("mail_server.sender")}>
      <TextField {...field("fromName")} autocomplete="organization" />
      <div class="form-row">
        <At view={view} name="fromAddress">
          <TextField
            {...field("fromAddress")}
            type="text"
            hint={t("mail_server.from_address_hint")}
            maxLength={MAIL_MAX.address}
            mono
          />
        </At>
        <TextField
          {...field("replyTo")}
          type="text"
          hint={t("mail_server.reply_to_hint")}
          maxLength={MAIL_MAX.address}
          mono
        />
      </div>
    </Group>
  );
}

function LimitFields({ view }: { view: MailView }) {
  const { t, field } = view;
  return (
    <Group title={t("mail_server.limits")}>
      <div class="form-row">
        <NumberField {...field("hourlyMax")} min={1} max={MAIL_MAX.perHour} unit={t("mail_server.mails")} />
        <At view={view} name="dailyMax">
          <NumberField {...field("dailyMax")} min={1} max={MAIL_MAX.perDay} unit={t("mail_server.mails")} />
        </At>
      </div>
      <p class="hint">{t("mail_server.limits_hint")}</p>
    </Group>
  );
}

function Group({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="mail-group">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** A field, and below it what a test found to be wrong with it: in the server's own words. */
export function At(
  { view, name, children }: { view: MailView; name: TrialField; children: ComponentChildren },
) {
  return (
    <div>
      {children}
      <div id={`trial-${name}`}>
        <FailedHere view={view} name={name} />
      </div>
    </div>
  );
}

function FailedHere({ view: { state, t }, name }: { view: MailView; name: TrialField }) {
  const test = testOf(state);
  if (test === null || fieldOf(test) !== name) return null;
  const failure = test.trial?.failure ?? null;
  return (
    <div class="error">
      <Icon name="bad" />
      <span>
        {sayProblem(test, t)}
        {failure !== null && ` ${sayWords(t, failure)}`}
      </span>
    </div>
  );
}
