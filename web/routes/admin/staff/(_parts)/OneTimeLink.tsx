import type { AppState } from "@/web/app/state.ts";
import { useT } from "@/web/components/i18n.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { CopyBlock } from "@/web/components/facts/CopyBlock.tsx";
import { Button } from "@/web/components/form/Button.tsx";

interface OneTimeLinkProps {
  label: string;
  hint: string;
  /** Of an address without sign-in, with its code. */
  path: string;
  state: AppState;
}

/** A link for whoever has just made it, to copy and send. */
export function OneTimeLink({ label, hint, path, state }: OneTimeLinkProps) {
  const t = useT();
  const { links } = state.services;
  if (links === undefined) throw new Error("Cannot show a link: this process has no address for it");
  const link = links.addressOf(path);
  return (
    <Card foot={<Button type="button" icon="copy" copies={link}>{t("staff.copy_link")}</Button>}>
      <CopyBlock label={label} text={link} hint={hint} />
    </Card>
  );
}
