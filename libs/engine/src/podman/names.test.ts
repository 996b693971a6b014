import { storageName } from './names.ts';

describe('storageName', () => {
  it.each([
    ['model-server:base', 'localhost/model-server:base'],
    ['model-server', 'localhost/model-server:latest'],
    ['ghcr.io/acme/app:1', 'ghcr.io/acme/app:1'],
    [`sha256:${'a'.repeat(64)}`, 'a'.repeat(64)],
  ])('of %s is %s', (reference, name) => {
    expect(storageName(reference)).toBe(name);
  });
});
