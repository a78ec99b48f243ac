import { list } from "./refused/index.tsx";

export const { handler, route } = list.csv;
