import type { ComponentChildren } from "preact";
import type { AppState } from "@/web/app/state.ts";
import { ActionForm, LinkButton } from "@/web/components/form/Button.tsx";
import { classes } from "@/web/components/classes.ts";
import { Icon } from "@/web/components/facts/Icon.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { SETUP_STEPS, type SetupFacts, setupStates, type SetupStep } from "@/web/domain/settings/mod.ts";
import { readSetupFacts, setupProgressOf } from "@/web/store/settings/setup_progress.ts";
import { momentOf, readPage } from "@/web/app/frame/page_context.ts";

/** How far the set-up is, for every step's page. */
export async function loadSetup(state: AppState, step: SetupStep): Promise<SetupFacts> {
  const { tenant } = momentOf(state);
  state.title = state.t(`setup.step_${step}`);
  return await readPage(state, (trx) => readSetupFacts(trx, tenant));
}

interface SetupFrameProps {
  step: SetupStep;
  facts: SetupFacts;
  state: AppState;
  children: ComponentChildren;
}

/** Progress, the step itself, and the ways out: skip this step, or leave and come back later. */
export function SetupFrame({ step, facts, state, children }: SetupFrameProps) {
  const { t } = state;
  const states = setupStates(setupProgressOf(momentOf(state).tenant), facts);
  const count = { at: SETUP_STEPS.indexOf(step) + 1, total: SETUP_STEPS.length };
  return (
    <>
      <PageHeader
        title={t(`setup.step_${step}`)}
        lead={t(`setup.lead_${step}`)}
        actions={<LinkButton href="/admin">{t("setup.leave")}</LinkButton>}
      />
      <nav aria-label={t("setup.progress", count)}>
        <ol class="steps">
          {SETUP_STEPS.map((name, index) => {
            const isHere = name === step;
            const look = isHere ? "current" : states[name] === "done" ? "done" : "todo";
            return (
              <li class={classes("step", `step-${look}`)} aria-current={isHere ? "step" : undefined}>
                <span class="step-mark" aria-hidden="true">
                  {states[name] === "done" && !isHere ? <Icon name="check" /> : index + 1}
                </span>
                <a href={`/admin/setup/${name}`}>
                  {t(`setup.step_${name}`)}
                  <span class="sr-only">{`, ${t(`setup.state_${states[name]}`)}`}</span>
                </a>
              </li>
            );
          })}
        </ol>
      </nav>
      {children}
      {states[step] !== "done" && (
        <div class="form-actions">
          <ActionForm
            action="/admin/setup/skip"
            csrfToken={state.csrfToken}
            values={{ step }}
            kind="quiet"
          >
            {t("setup.skip")}
          </ActionForm>
        </div>
      )}
    </>
  );
}
