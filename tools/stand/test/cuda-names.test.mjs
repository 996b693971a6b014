import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cudaPackages } from '../standins/cuda-names.mjs';

const named = (entries) => cudaPackages(entries).map(({ name, version }) => `${name}=${version}`);

const cases = [
  ['a component gets the cuda- prefix', { '11.3.1': { cudart: '11.3.109-1' } }, 'cuda-cudart-11-3=11.3.109-1'],
  ['a library keeps its name', { '11.3.1': { libcublas: '11.5.1.109-1' } }, 'libcublas-11-3=11.5.1.109-1'],
  ['an old cuDNN names CUDA in its version', { '11.3.1': { cudnn8: '8.2.0.53-1' } }, 'libcudnn8=8.2.0.53-1+cuda11.3'],
  ['a new cuDNN names CUDA in its package', { '12.4.1': { cudnn9: '9.1.1.17-1' } }, 'libcudnn9-cuda-12=9.1.1.17-1'],
  ['a minor version of two digits stays whole', { '12.10.0': { nvrtc: '12.10.4-1' } }, 'cuda-nvrtc-12-10=12.10.4-1'],
  [
    'a version that names CUDA already is taken as it is',
    { '11.3.1': { cudnn8: '8.2.0.53-1+cuda11.3' } },
    'libcudnn8=8.2.0.53-1+cuda11.3',
  ],
];

for (const [title, entries, expected] of cases) {
  test(title, () => assert.ok(named(entries).includes(expected), `${expected} is not among ${named(entries)}`));
}

test('no package is served twice', () => {
  const names = named({ '11.3.1': { cudnn8: '8.2.0.53-1' }, '11.3.0': { cudnn8: '8.2.0.53-1' } });
  assert.equal(new Set(names).size, names.length);
});
