export { build, buildBatch } from './build/executor.ts';
export { explain } from './explain/executor.ts';
export { generate, generateBatch } from './generate/executor.ts';
export { matrix } from './matrix/executor.ts';
export { promote } from './promote/executor.ts';
export { push, pushBatch } from './push/executor.ts';
export { refresh } from './refresh/executor.ts';
export { scan, scanBatch } from './scan/executor.ts';
export { test, testBatch } from './test/executor.ts';
