import { define } from "../../define.ts";

export default define.page(() => <i>about</i>);
