import { registryClient } from '@nx-image-matrix/engine';
import { StagingMachines } from '../support/staging-machines.ts';

/** Each version has four images. `IMAGE_MATRIX_AT_ONCE=10x5` is what the test was made for; it takes minutes. */
const [processes = 4, versions = 2] = (process.env['IMAGE_MATRIX_AT_ONCE'] ?? '4x2').split('x').map(Number);

const stand = new StagingMachines(versions);
beforeAll(() => stand.start());
afterAll(() => stand.stop());

describe(`${processes} machines on two engines that build the same ${versions * 4} images at once`, () => {
  it('all succeed, agree on one image for each build ID, on the parents that are there, and push the same digests', async () => {
    const at = `${stand.proxy.address}/${stand.namespace}`;
    const targets = Object.fromEntries(Array.from({ length: processes }, (_, n) => [`PUSH_${n}`, `${at}app${n}`]));
    const repositories = { ...stand.repositories, targets };
    const machines = Array.from({ length: processes }, (_, index) =>
      stand.machine(
        'at once',
        { ...(index % 2 === 0 ? {} : stand.elsewhere), IMAGE_LOAD: index % 4 < 2 ? 'false' : 'true' },
        repositories,
      ),
    );
    const runs = await Promise.all(machines.map((there) => there.nxBeside('run-many -t docker-build')));
    expect(runs.map(({ status, output }) => (status === 0 ? '' : output))).toEqual(machines.map(() => ''));

    const { digests, wrong } = await stand.check(machines[0]!);
    expect(wrong).toEqual([]);
    const fresh = stand.machine('at once', { ...stand.elsewhere, IMAGE_LOAD: 'false' }, repositories);
    expect((await fresh.nxBeside('run-many -t docker-build')).output.match(/.* built \(.*/g)).toBeNull();

    for (const [index, there] of machines.entries()) {
      const { status, output } = await there.nxBeside('run-many -t docker-push', { [`PUSH_${index}`]: '1' });
      expect([index, status, output.match(/.* built \(.*/g)]).toEqual([index, 0, null]);
      for (const image of stand.images.filter(({ pushed }) => pushed)) {
        const { name } = image;
        const [tag] = stand.recordOf(there, image).tags;
        const digest = await registryClient().digest(`${at}app${index}:${tag}`);
        expect([index, name, digest]).toEqual([index, name, digests.get(name)]);
      }
    }
    expect((await stand.check(machines[0]!)).digests).toEqual(digests);
    expect(stand.stagedIn()).toEqual([]);
    expect(stand.stagedIn(stand.elsewhere)).toEqual([]);
  });
});
