import { BUILD_ID_LABEL, type EngineImage } from '@nx-image-matrix/engine';
import type { BuildRecord } from '../../build-plan/record.ts';
import { builtState, pushedState, type BuiltState, type PushedState } from './state.ts';

const record = { reference: 'app:1', imageId: 'sha256:id', buildId: 'sha256:new', pushed: {} } as BuildRecord;
const engineImage: EngineImage = { id: 'sha256:id', labels: { [BUILD_ID_LABEL]: 'sha256:new' } };
const engine = (...references: string[]) => new Map(references.map((reference) => [reference, engineImage]));

describe('builtState', () => {
  it.each<[BuiltState, string, boolean, BuildRecord | undefined, ReadonlyMap<string, EngineImage> | undefined]>([
    ['never', 'without a record', false, undefined, engine('app:1')],
    ['outdated', 'when the files or its parents changed since', false, record, engine('app:1')],
    ['built', 'when the engine holds the recorded image', true, record, engine('app:1')],
    ['built', 'when it holds it under its former name', true, { ...record, reference: 'app:0' }, engine('app:0')],
    ['missing', 'when the engine holds it no more', true, record, engine()],
    ['missing', 'when another took its name', true, { ...record, imageId: 'sha256:x' }, engine('app:1')],
    ['unknown', 'when no engine answers', true, record, undefined],
  ])('is %s %s', (state, _, isCurrent, former, images) => {
    expect(builtState('app:1', isCurrent, former, images)).toBe(state);
  });
});

describe('pushedState', () => {
  const image = { pushes: true, repositories: ['docker.io/a/app', 'localhost:5000/app'], tags: ['1', 'slim'] };
  const pushedTo = (...references: string[]): BuildRecord => ({
    ...record,
    pushed: Object.fromEntries(references.map((reference) => [reference, 'sha256:digest'])),
  });
  const all = ['docker.io/a/app:1', 'docker.io/a/app:slim', 'localhost:5000/app:1', 'localhost:5000/app:slim'];

  it.each<[PushedState, string, typeof image, boolean, BuildRecord | undefined]>([
    ['none wanted', 'without a push target', { ...image, pushes: false }, false, undefined],
    ['none wanted', 'without a repository', { ...image, repositories: [] }, false, undefined],
    ['not pushed', 'without a record', image, true, undefined],
    ['pushed', 'when every reference has a digest', image, true, pushedTo(...all)],
    ['partly', 'when one is missing', image, true, pushedTo(...all.slice(1))],
    ['not pushed', 'when only former names were pushed', image, true, pushedTo('docker.io/a/old:1')],
    ['outdated', 'when the files changed since', image, false, pushedTo(...all)],
  ])('is %s %s', (state, _, wanted, isCurrent, former) => {
    expect(pushedState(wanted, isCurrent, former)).toBe(state);
  });

  it('counts a tag with the date of the run as pushed, whatever the date', () => {
    const dated = { pushes: true, repositories: ['docker.io/a/app'], tags: ['devel-{{ run.date }}-slim'] };
    expect(pushedState(dated, true, pushedTo('docker.io/a/app:devel-20260101-slim'))).toBe('pushed');
  });
});
