import { Banner } from "@/web/components/facts/Banner.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { useT } from "@/web/components/i18n.ts";

interface BulkDoneProps {
  query: {
    done?: string | undefined;
    n?: number | undefined;
    same?: number | undefined;
    left?: number | undefined;
  };
}

const CODES = ["held", "ended", "excluded", "moved", "never_billed", "days_billed"] as const;

/** What an action on many rows did, row by row (changed, so already, could not), and the way back. */
export function BulkDone({ query: { done, n = 0, same = 0, left = 0 } }: BulkDoneProps) {
  const t = useT();
  if (done === "nothing_ticked" || done === "nobody_left") {
    return <Banner tone="warn" live>{t(`tables.${done}`)}</Banner>;
  }
  const code = CODES.find((code) => done === `bulk_${code}`);
  if (code === undefined) return null;
  const words = [
    t(`tables.done_${code}`, { n }),
    same > 0 && t("tables.done_same", { n: same }),
    left > 0 && t("tables.done_left", { n: left }),
  ].filter((text) => text !== false).join(" ");
  return <Flash done={code} tone={left > 0 ? "warn" : "ok"} messages={{ [code]: words }} />;
}
