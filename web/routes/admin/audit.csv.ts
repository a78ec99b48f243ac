import { list } from "./audit/index.tsx";

export const { handler, route } = list.csv;
