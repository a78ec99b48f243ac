import { list } from "./roles/index.tsx";

export const { handler, route } = list.csv;
