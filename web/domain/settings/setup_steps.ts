/** Steps of the first set-up, in their order. */
export const SETUP_STEPS = ["company", "billing", "router", "import"] as const;
export type SetupStep = typeof SETUP_STEPS[number];

/** What became of a step: done by its own work, or skipped by a person. */
export type SetupProgress = Readonly<Partial<Record<SetupStep, "done" | "skipped">>>;

/** What the ISP has already; it decides more than what was clicked. */
export interface SetupFacts {
  isCompanySaved: boolean;
  isBillingSaved: boolean;
  sites: number;
  agents: number;
  routers: number;
  subscribers: number;
  hasBill: boolean;
  hasMailServer: boolean;
}

export type StepState = "done" | "skipped" | "todo";

/** The state of each step. What was done elsewhere than in the wizard is done here too. */
export function setupStates(progress: SetupProgress, facts: SetupFacts): Record<SetupStep, StepState> {
  const isDone: Record<SetupStep, boolean> = {
    company: facts.isCompanySaved,
    billing: facts.isBillingSaved,
    router: facts.agents > 0 && facts.routers > 0,
    import: facts.subscribers > 0,
  };
  const state = (step: SetupStep): StepState => isDone[step] ? "done" : progress[step] ?? "todo";
  return {
    company: state("company"),
    billing: state("billing"),
    router: state("router"),
    import: state("import"),
  };
}

/** Where a person goes on; null when nothing is left to do. */
export function nextSetupStep(states: Record<SetupStep, StepState>): SetupStep | null {
  return SETUP_STEPS.find((step) => states[step] === "todo") ?? null;
}

/** The step after one; null after the last. */
export function stepAfter(step: SetupStep): SetupStep | null {
  return SETUP_STEPS[SETUP_STEPS.indexOf(step) + 1] ?? null;
}

/** Lines of the checklist on Today. */
export const CHECKLIST = [
  "company",
  "billing",
  "site",
  "agent",
  "router",
  "import",
  "mail",
  "first_bill",
] as const;
export type ChecklistItem = typeof CHECKLIST[number];

/** Which lines of the checklist are done. A skipped step stays open here: it is still worth doing. */
export function checklist(facts: SetupFacts): { item: ChecklistItem; isDone: boolean }[] {
  const isDone: Record<ChecklistItem, boolean> = {
    company: facts.isCompanySaved,
    billing: facts.isBillingSaved,
    site: facts.sites > 0,
    agent: facts.agents > 0,
    router: facts.routers > 0,
    import: facts.subscribers > 0,
    mail: facts.hasMailServer,
    first_bill: facts.hasBill,
  };
  return CHECKLIST.map((item) => ({ item, isDone: isDone[item] }));
}
