/** One step of the smoke run; fails by throwing. What it returns is printed behind its name. */
export interface Step {
  name: string;
  run(): Promise<string | void>;
}

/** Runs steps in order, prints each with its time; stops at the first that fails. Gives the number that did not pass. */
export async function runSteps(steps: readonly Step[], print: (line: string) => void): Promise<number> {
  let passed = 0;
  for (const step of steps) {
    const startedAt = performance.now();
    const took = () => `${(performance.now() - startedAt).toFixed(0).padStart(6)} ms`;
    try {
      const remark = await step.run();
      passed++;
      print(`ok     ${took()}  ${step.name}${remark ? `: ${remark}` : ""}`);
    } catch (error) {
      print(`FAILED ${took()}  ${step.name}: ${error instanceof Error ? error.message : String(error)}`);
      break;
    }
  }
  return steps.length - passed;
}
