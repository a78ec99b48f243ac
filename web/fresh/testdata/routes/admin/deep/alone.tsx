import { define } from "../../../define.ts";

export const config = { skipInheritedLayouts: true };

export default define.page(() => <b>alone</b>);
