import { createDefine } from "fresh";

export interface State {
  trail: string[];
  nonce?: string;
}

export const define = createDefine<State>();
