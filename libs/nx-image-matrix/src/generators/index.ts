export { cuda } from './cuda/generator.ts';
export { distro } from './distro/generator.ts';
export { init } from './init/generator.ts';
export { manifest } from './manifest/generator.ts';
export { packageGenerator } from './package/generator.ts';
export { ci } from './ci/generator.ts';
export { migrateBentoml } from './migrate-bentoml/generator.ts';
export { sync } from './sync/generator.ts';
