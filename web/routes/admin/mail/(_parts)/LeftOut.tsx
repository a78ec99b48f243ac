import { FactList } from "@/web/components/facts/FactList.tsx";
import { useT } from "@/web/components/i18n.ts";
import { formatCount } from "@/web/format.ts";
import type { NotMailed } from "@/web/store/mail/mailable.ts";
import type { NotReminded } from "@/web/store/mail/remind.ts";
import type { NotSentLater } from "@/web/store/mail/unsent.ts";
import { capitalised } from "./mail_words.tsx";

/** Who is left out of what is sent to many, by why. */
export function LeftOut(
  { left }: { left: readonly { reason: NotReminded | NotMailed | NotSentLater; count: number }[] },
) {
  const t = useT();
  if (left.length === 0) return null;
  return (
    <FactList
      facts={left.map(({ reason, count }) => ({
        label: capitalised(t(`deliveries.reason_${reason}`)),
        value: formatCount(count),
      }))}
    />
  );
}
