import { list } from "./decisions/index.tsx";

export const { handler, route } = list.csv;
