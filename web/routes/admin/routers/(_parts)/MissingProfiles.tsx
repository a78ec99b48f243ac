import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { useT } from "@/web/components/i18n.ts";
import type { RouterPageView } from "./load_router.ts";

/** Profiles that the router does not have: one line each, however many secrets wait for it. */
export function MissingProfiles({ view: { missingProfiles, router } }: { view: RouterPageView }) {
  const t = useT();
  if (missingProfiles.length === 0) return null;
  return (
    <Card
      title={t("network.profiles_missing")}
      foot={
        <a href={`/admin/routers/${router.id}?drift=profile_missing`}>{t("network.profiles_missing_show")}</a>
      }
    >
      {missingProfiles.map(({ profile, secrets }) => (
        <p key={profile}>
          {profile === null ? t("network.profile_unnamed") : (
            <>
              <CodeText>{profile}</CodeText>:
            </>
          )} {t("network.profile_wanted_by", { n: secrets })}
        </p>
      ))}
    </Card>
  );
}
