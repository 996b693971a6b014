export { init } from './init/generator.ts';
export { manifest } from './manifest/generator.ts';
export { sync } from './sync/generator.ts';
