import { Button } from "@/web/components/form/Button.tsx";
import { HiddenFields } from "@/web/components/form/Csrf.tsx";
import { useT } from "@/web/components/i18n.ts";

interface DemoLoginsProps {
  logins: readonly { role: string; name: string; email: string; password: string }[];
  /** Where to go after signing in. */
  next: string;
}

/** The accounts of a demo, each one press away; nothing outside a demo. */
export function DemoLogins({ logins, next }: DemoLoginsProps) {
  const t = useT();
  if (logins.length === 0) return null;
  return (
    <section class="demo-logins" aria-labelledby="demo-logins">
      <h2 id="demo-logins">{t("tour.logins")}</h2>
      <div class="demo-logins-grid">
        {logins.map(({ name, role, email, password }) => (
          <form key={email} method="post" action="/login">
            <HiddenFields values={{ email, password, next }} />
            <Button wide>
              <span class="demo-login">
                <span>{name}</span> <span class="note">{role}</span>
              </span>
            </Button>
          </form>
        ))}
      </div>
    </section>
  );
}
