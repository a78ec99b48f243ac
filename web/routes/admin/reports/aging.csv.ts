import { list } from "./aging.tsx";

export const { handler, route } = list.csv;
