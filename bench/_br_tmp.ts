import { measureBillRun } from "@/bench/scenarios/bill_run.ts";
const t = performance.now();
console.log(await measureBillRun({}), (performance.now() - t) / 1000);
