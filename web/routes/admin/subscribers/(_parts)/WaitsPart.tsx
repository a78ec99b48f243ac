import type { Coded } from "@/shared/codes/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import { may } from "@/web/app/frame/page_context.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { ActionForm } from "@/web/components/form/Button.tsx";
import { codedText } from "@/web/messages/coded_text.ts";

interface WaitsPartProps {
  state: AppState;
  /** What will be, and when. */
  text: string;
  /** Why it is not made though its day has come. */
  why: Coded | null;
  cancel: { action: string; connection: string; verb: string };
}

/** A change that waits for its day, or for what stands against it, and the way to cancel it. */
export function WaitsPart({ state, text, why, cancel }: WaitsPartProps) {
  return (
    <div class="stack">
      <Banner tone="info">{text}</Banner>
      {why !== null && <Banner tone="warn">{codedText(state.t, why)}</Banner>}
      {may(state, "subscriber:write") && (
        <ActionForm
          action={cancel.action}
          csrfToken={state.csrfToken}
          values={{ connection: cancel.connection }}
        >
          {cancel.verb}
        </ActionForm>
      )}
    </div>
  );
}
