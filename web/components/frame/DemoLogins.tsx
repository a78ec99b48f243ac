import { Button } from "@/web/components/form/Button.tsx";
import { HiddenFields } from "@/web/components/form/Csrf.tsx";
import { useT } from "@/web/components/i18n.ts";

interface DemoLoginsProps {
  logins: readonly { role: string; name: string; email: string; password: string }[];
  /** Where to go after signing in. */
  next: string;
}

/** The accounts of a demo, each one press away. */
export function DemoLogins({ logins, next }: DemoLoginsProps) {
  const t = useT();
  return (
    <>
      {logins.map(({ name, role, email, password }) => (
        <form method="post" action="/login">
          <HiddenFields values={{ email, password, next }} />
          <Button wide>{t("tour.login", { name, role })}</Button>
        </form>
      ))}
    </>
  );
}
