export { sync } from './sync/generator.ts';
