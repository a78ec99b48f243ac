import { Banner } from "@/web/components/facts/Banner.tsx";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Csrf } from "@/web/components/form/Csrf.tsx";
import { ErrorSummary } from "@/web/components/form/ErrorSummary.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { useT } from "@/web/components/i18n.ts";
import Passkey from "@/web/islands/Passkey.tsx";

interface ConfirmFormProps {
  /** Where it is sent: to its own page, or to the address of the form that waits. */
  action: string;
  csrfToken: string;
  /** Sent along without being shown: what was typed into the form that waits. */
  hidden: readonly (readonly [name: string, value: string])[];
  /** Of the person of the session, for password managers. */
  email: string;
  /** Where it leads back to, undone. */
  backHref: string;
  /** What the person may give in place of the password. */
  ways: { hasApp: boolean; hasPasskey: boolean };
  problem?: string | undefined;
  /** The field that it is about; empty: none. */
  problemAt?: "_password" | "_code" | "" | undefined;
  /** What becomes of what was typed, where it is not simply sent on. */
  typed?: "kept" | "lost" | undefined;
  /** The password of a demo, which keeps no secret; null elsewhere. */
  demoPassword: string | null;
}

const FORM = "confirm-form";
const PASSKEY_OPTIONS = "/admin/confirm/passkey-options";

/** Asks the person of the session to prove once more that it is them. */
export function ConfirmForm(props: ConfirmFormProps) {
  const { action, csrfToken, hidden, email, backHref, ways, problem, typed, demoPassword } = props;
  const t = useT();
  const problemAt = props.problemAt === "_code" && !ways.hasApp ? "" : props.problemAt ?? "_password";
  const errorAt = (field: string) => problemAt === field ? problem : undefined;
  return (
    <form method="post" action={action} class="form stack" id={FORM}>
      <Csrf token={csrfToken} />
      {hidden.map(([name, value], index) => <input key={index} type="hidden" name={name} value={value} />)}
      <ErrorSummary
        errors={problem === undefined ? {} : { [problemAt]: problem }}
        labels={{ _password: t("access.password"), _code: t("factors.code") }}
        title={t("access.confirm_check")}
      />
      {typed && (
        <Banner tone={typed === "lost" ? "warn" : "info"}>
          {typed === "lost" ? t("access.confirm_lost") : t("access.confirm_kept")}
        </Banner>
      )}
      {demoPassword !== null && (
        <Banner tone="info">{t("access.confirm_demo", { password: demoPassword })}</Banner>
      )}
      {ways.hasPasskey && (
        <>
          <input type="hidden" name="_passkey" value="" />
          <Passkey
            kind="known"
            form={FORM}
            field="_passkey"
            options={PASSKEY_OPTIONS}
            ask={{}}
            csrfToken={csrfToken}
            label={t("factors.use_passkey")}
            words={{
              stopped: t("factors.passkey_stopped"),
              known: t("codes_access.passkey_there_already"),
              failed: t("codes_access.passkey_refused"),
            }}
          />
        </>
      )}
      <input type="email" autocomplete="username" value={email} readonly hidden />
      <TextField
        name="_password"
        label={t("access.confirm_password", { email })}
        type="password"
        autocomplete="current-password"
        error={errorAt("_password")}
        autofocus={problem === undefined && !ways.hasPasskey}
        required={!ways.hasApp && !ways.hasPasskey}
      />
      {ways.hasApp && (
        <TextField
          name="_code"
          label={t("access.confirm_code")}
          autocomplete="one-time-code"
          hint={t("factors.app_code_hint")}
          error={errorAt("_code")}
          width="short"
          mono
        />
      )}
      <div class="form-actions">
        <Button kind="primary">{t("access.confirm_verb")}</Button>
        <LinkButton href={backHref}>{t("states.go_back")}</LinkButton>
      </div>
    </form>
  );
}
