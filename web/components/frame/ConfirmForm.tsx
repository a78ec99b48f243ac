import { Banner } from "@/web/components/facts/Banner.tsx";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Csrf } from "@/web/components/form/Csrf.tsx";
import { ErrorSummary } from "@/web/components/form/ErrorSummary.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { useT } from "@/web/components/i18n.ts";

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
  problem?: string | undefined;
  /** What becomes of what was typed, where it is not simply sent on. */
  typed?: "kept" | "lost" | undefined;
  /** The password of a demo, which keeps no secret; null elsewhere. */
  demoPassword: string | null;
}

/** Asks the person of the session to prove once more that it is them. */
export function ConfirmForm(props: ConfirmFormProps) {
  const { action, csrfToken, hidden, email, backHref, problem, typed, demoPassword } = props;
  const t = useT();
  const label = t("access.confirm_password", { email });
  return (
    <form method="post" action={action} class="form stack">
      <Csrf token={csrfToken} />
      {hidden.map(([name, value], index) => <input key={index} type="hidden" name={name} value={value} />)}
      <ErrorSummary
        errors={problem === undefined ? {} : { _password: problem }}
        labels={{ _password: t("access.password") }}
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
      <input type="email" autocomplete="username" value={email} readonly hidden />
      <TextField
        name="_password"
        label={label}
        type="password"
        autocomplete="current-password"
        error={problem}
        autofocus={problem === undefined}
        required
      />
      <div class="form-actions">
        <Button kind="primary">{t("access.confirm_verb")}</Button>
        <LinkButton href={backHref}>{t("states.go_back")}</LinkButton>
      </div>
    </form>
  );
}
