import Counter from "../islands/Counter.tsx";
import { define } from "../define.ts";

export default define.page(() => <Counter start={1n as unknown as number} label="x" />);
