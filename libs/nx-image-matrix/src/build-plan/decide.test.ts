import { BUILD_ID_LABEL, type EngineImage } from '@nx-image-matrix/engine';
import { decide, type Known } from './decide.ts';
import type { BuildPlan } from './plan.ts';
import type { BuildRecord } from './record.ts';

const plan = {
  buildId: 'sha256:new',
  document: { reference: 'app:1' },
  ingredients: { Dockerfile: 'a', 'tools/entrypoint.sh': 'b', 'parent app-base': 'c' },
} as unknown as BuildPlan;

function record(changes: Partial<BuildRecord> = {}): BuildRecord {
  return {
    reference: 'app:1',
    imageId: 'sha256:id',
    buildId: 'sha256:new',
    ingredients: plan.ingredients,
    ...changes,
  } as BuildRecord;
}

function image(id = 'sha256:id', buildId = 'sha256:new'): EngineImage {
  return { id, labels: { [BUILD_ID_LABEL]: buildId } };
}

function known(former: BuildRecord | undefined, found?: EngineImage, changedParent?: string): Known {
  return { record: former, changedParent, images: new Map(found ? [['app:1', found]] : []) };
}

describe('decide', () => {
  it('skips an image that is in the engine as recorded', () => {
    expect(decide(plan, known(record(), image()), false).action).toBe('skip');
  });

  it('builds it anyway with force', () => {
    expect(decide(plan, known(record(), image()), true)).toEqual({ action: 'build', reason: 'forced' });
  });

  it.each<[has: BuildRecord['attestations'], wanted: BuildRecord['attestations'], reason: string | undefined]>([
    [undefined, undefined, undefined],
    [undefined, { provenance: 'min' }, 'provenance (min) missing'],
    [{}, { provenance: 'max', sbom: {} }, 'provenance (max) and SBOM missing'],
    [{ provenance: 'min' }, { provenance: 'max' }, 'provenance (max) missing'],
    [{ provenance: 'min' }, { provenance: 'min', sbom: { generator: 'scan:1' } }, 'SBOM missing'],
    [{ provenance: 'max', sbom: { generator: 'scan:1' } }, { provenance: 'min', sbom: {} }, undefined],
    [{ provenance: 'max' }, undefined, undefined],
  ])('of an image that has %j where %j is wanted: %s', (attestations, wanted, reason) => {
    const decision = decide(plan, { ...known(record({ attestations }), image()), attestations: wanted }, false);
    expect(decision).toMatchObject(reason === undefined ? { action: 'skip' } : { action: 'build', reason });
  });

  it.each<[what: string, former: BuildRecord | undefined, found: EngineImage | undefined, reason: string]>([
    ['an image that was never built here', undefined, undefined, 'never built here'],
    ['an image of unknown origin, though it has the label', undefined, image(), 'no record of its build'],
    [
      'an image built on top of ours, which inherits the label',
      record(),
      image('sha256:other'),
      'replaced in the engine',
    ],
    ['an image that is gone', record(), undefined, 'missing in the engine'],
    [
      'a changed Dockerfile',
      record({ buildId: 'sha256:old', ingredients: { ...plan.ingredients, Dockerfile: 'x' } }),
      image('sha256:id', 'sha256:old'),
      'Dockerfile',
    ],
    [
      'a changed copied file and parent',
      record({
        buildId: 'sha256:old',
        ingredients: { ...plan.ingredients, 'tools/entrypoint.sh': 'x', 'parent app-base': 'y' },
      }),
      image('sha256:id', 'sha256:old'),
      'tools/entrypoint.sh, parent app-base',
    ],
    [
      'a file that is no longer copied',
      record({ buildId: 'sha256:old', ingredients: { ...plan.ingredients, 'tools/gone.sh': 'x' } }),
      image('sha256:id', 'sha256:old'),
      'tools/gone.sh',
    ],
  ])('builds %s, and says why', (_, former, found, reason) => {
    expect(decide(plan, known(former, found), false)).toEqual({ action: 'build', reason });
  });

  it('builds an image on a parent that was rebuilt, and says so', () => {
    const reason = 'its parent app-base was rebuilt';
    expect(decide(plan, known(record(), image(), reason), false)).toEqual({ action: 'build', reason });
  });

  it('only tags an image whose reference changed', () => {
    const images = new Map([['app:0', image()]]);
    expect(
      decide(plan, { record: record({ reference: 'app:0' }), changedParent: undefined, images }, false),
    ).toMatchObject({
      action: 'tag',
      source: 'app:0',
    });
  });
});
