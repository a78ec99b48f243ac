import { Card } from "@/web/components/facts/Card.tsx";
import { useT } from "@/web/components/i18n.ts";
import { Progress } from "@/web/components/facts/Progress.tsx";
import { formatCount } from "@/web/format.ts";
import type { RunRow } from "@/web/store/billing/runs.ts";

/** How far a run under way has come: a cut run through its list, a bill run through the connections that are due. */
export function RunProgress({ run, left }: { run: RunRow; left: number }) {
  const t = useT();
  if (run.kind === "bill") {
    return (
      <Card title={t("live.run_bill")}>
        <p role="status">{t("live.run_so_far", { count: formatCount(run.changed) })}</p>
        <Progress
          label={t("live.run_bill")}
          done={run.total}
          total={run.total + left}
          note={t("live.run_note")}
        />
      </Card>
    );
  }
  const done = Math.min(run.changed + run.skipped, run.total);
  return (
    <Card title={t("live.run_cut")}>
      <Progress label={t("live.run_cut")} done={done} total={run.total} note={t("live.run_note")} />
    </Card>
  );
}
