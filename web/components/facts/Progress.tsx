import { Icon } from "./Icon.tsx";
import { useT } from "@/web/components/i18n.ts";
import { formatCount } from "@/web/format.ts";

interface ProgressProps {
  /** What is under way: `Importing subscribers`. */
  label: string;
  done: number;
  total: number;
  note?: string | undefined;
}

/** How far a long piece of work has come. */
export function Progress({ label, done, total, note }: ProgressProps) {
  const t = useT();
  return (
    <div class="progress">
      <div class="progress-head">
        <span>{label}</span>
        <span>{t("words.progress", { done: formatCount(done), total: formatCount(total) })}</span>
      </div>
      <progress value={done} max={Math.max(total, 1)} aria-label={label} />
      {note && <div class="note">{note}</div>}
    </div>
  );
}

export interface Step {
  label: string;
  state: "done" | "current" | "todo" | "failed";
}

/** The steps of a wizard or of a command on its way. */
export function Steps({ label, steps }: { label: string; steps: readonly Step[] }) {
  const t = useT();
  return (
    <ol class="steps" aria-label={label}>
      {steps.map((step, index) => (
        <li class={`step step-${step.state}`} aria-current={step.state === "current" ? "step" : undefined}>
          <span class="step-mark" aria-hidden="true">
            {step.state === "done"
              ? <Icon name="check" />
              : step.state === "failed"
              ? <Icon name="close" />
              : index + 1}
          </span>
          <span>
            {step.label}
            <span class="sr-only">{`, ${t(`words.step_${step.state}`)}`}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}
