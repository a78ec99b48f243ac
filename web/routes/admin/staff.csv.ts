import { list } from "./staff/index.tsx";

export const { handler, route } = list.csv;
