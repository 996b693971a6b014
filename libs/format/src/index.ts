export { age, duration, size } from './quantities.ts';
export { formatTable } from './table.ts';
