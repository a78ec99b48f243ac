import { list } from "./billed.tsx";

export const { handler, route } = list.csv;
