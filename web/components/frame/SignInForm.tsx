import type { ComponentChildren } from "preact";
import { AuthShell } from "./AuthShell.tsx";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { ErrorSummary } from "@/web/components/form/ErrorSummary.tsx";
import { useT } from "@/web/components/i18n.ts";
import { TextField } from "@/web/components/form/TextField.tsx";

interface SignInFormProps {
  email: string;
  /** Page to go to afterwards. */
  next: string;
  /** A sealed form that is filled in again after signing in. */
  carried: string | null;
  /** The session ended, and what became of what was typed. */
  ended?: "kept" | "lost" | "page" | undefined;
  problems: Readonly<Record<string, string>>;
  /** Other ways in, below the form. */
  below?: ComponentChildren;
  children?: ComponentChildren;
}

/** The sign-in page; says why it is there when a session has ended. */
export function SignInForm({ email, next, carried, ended, problems, below, children }: SignInFormProps) {
  const t = useT();
  return (
    <AuthShell title={t("access.sign_in")} note={t("access.note")}>
      {children}
      {ended && (
        <Banner tone={ended === "lost" ? "warn" : "info"} title={t("access.ended_title")}>
          {t(
            ended === "page" ? "access.ended" : ended === "kept" ? "access.ended_kept" : "access.ended_lost",
          )}
        </Banner>
      )}
      <ErrorSummary
        errors={problems}
        labels={{ email: t("access.email"), password: t("access.password") }}
        title={t("access.check")}
      />
      <form method="post" action="/login" class="stack">
        <input type="hidden" name="next" value={next} />
        {carried !== null && <input type="hidden" name="form" value={carried} />}
        <TextField
          name="email"
          label={t("access.email")}
          type="email"
          autocomplete="username"
          value={email}
          error={problems.email}
          autofocus
          required
        />
        <TextField
          name="password"
          label={t("access.password")}
          type="password"
          autocomplete="current-password"
          error={problems.password}
          required
        />
        <Button kind="primary" wide>{t("access.sign_in")}</Button>
      </form>
      <LinkButton href={`/login/passkey?next=${encodeURIComponent(next)}`} wide>
        {t("factors.passkey_sign_in")}
      </LinkButton>
      <p>
        <a href="/forgot">{t("access.forgot")}</a>
      </p>
      {below}
    </AuthShell>
  );
}
