import { checked } from './capabilities.ts';
import type { BuiltImage, Engine } from './engine.ts';
import { engines } from './engines.ts';
import { requestFor } from './testing/stand.ts';

const built: BuiltImage = { id: 'sha256:1', duration: 1 };
const engine: Engine = {
  name: 'small',
  version: '1',
  platforms: [],
  images: async () => new Map(),
  build: async () => built,
  buildArchive: async () => {},
  tag: async () => {},
  pull: async () => {},
  push: async () => ({ digest: 'sha256:1' }),
  remove: async () => {},
  save: async () => {},
};
const cannot = {
  ...engines[0],
  name: 'small',
  capabilities: {
    ...engines[0].capabilities,
    severalPlatforms: false,
    secrets: false,
    ssh: false,
    attestations: false,
  },
};
const asks = {
  platforms: { platforms: ['linux/amd64', 'linux/arm64'] },
  secrets: { secrets: [{ id: 'pip', env: 'PIP_TOKEN' }] },
  ssh: { ssh: ['default'] },
  attestations: { attestations: { sbom: {} } },
};

describe('an engine that cannot do everything', () => {
  it.each([
    ['several platforms', asks.platforms, 'x:1 is for linux/amd64 and linux/arm64, and small builds one at a time'],
    ['build secrets', asks.secrets, 'x:1 has build secrets, which small does not give to a build'],
    ['an SSH agent', asks.ssh, 'x:1 uses an SSH agent, which small does not give to a build'],
  ])('rejects %s, and builds everything else', async (_, asked, message) => {
    const { build } = checked(engine, cannot);
    await expect(build(requestFor('/w', ['x:1'], asked))).rejects.toMatchObject({
      code: 'unsupported',
      message,
      hint: expect.any(String),
    });
    expect(await build(requestFor('/w', ['x:1'], { platforms: ['linux/amd64'] }))).toBe(built);
  });

  it('rejects attestations before it builds', async () => {
    const { build } = checked(engine, cannot);
    await expect(build(requestFor('/w', ['x:1'], asks.attestations))).rejects.toMatchObject({
      code: 'no-attestations',
      message: 'x:1 is not built: it has `attestations`, and small makes none',
      hint: expect.stringContaining('`builder`'),
    });
  });

  it('changes nothing if the engine has the capability', async () => {
    const { build } = checked(engine, { ...cannot, capabilities: engines[0].capabilities });
    for (const asked of Object.values(asks)) expect(await build(requestFor('/w', ['x:1'], asked))).toBe(built);
  });
});
