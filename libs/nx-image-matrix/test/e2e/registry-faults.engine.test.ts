import { findEngine, registryClient } from '@nx-image-matrix/engine';
import { refuses, requests } from '../../../engine/src/testing/registry-faults.ts';
import { BuildPlanner } from '../../src/build-plan/plan.ts';
import { readRecord } from '../../src/build-plan/record.ts';
import { promoteTags } from '../../src/executors/promote/promote.ts';
import { quiet } from '../../src/executors/progress/reporter.ts';
import { currentImage } from '../../src/build-plan/current-image.ts';
import { preparePush } from '../../src/executors/push/prepare.ts';
import { runTags } from '../../src/executors/run-tags.ts';
import { registryAccess } from '../../src/repositories/registry-access.ts';
import { fromEngine, pushImage } from '../../src/executors/push/push-image.ts';
import { Signers } from '../../src/signing/signers.ts';
import { imageFolders } from '../../src/workspace/image-folders.ts';
import { faults, type Fault } from '../faults/faults.ts';
import { observe, outcomeTable, throughProxy, type Outcome } from '../faults/outcome.ts';
import { FaultStand, images } from '../faults/stand.ts';

const stand = new FaultStand();
const digestsOf = (manifests: { digest: string }[]): string[] => manifests.map(({ digest }) => digest);

beforeAll(() => stand.start());
afterAll(() => stand.stop());

const pushed: Outcome[] = [];
const promoted: Outcome[] = [];

describe('docker-push, when the registry answers with', () => {
  afterAll(() => console.log(`docker-push\n${outcomeTable(pushed)}`));

  it.each(faults)('$name, survives it or fails with the right words, and loses nothing', async (fault) => {
    const outcome = await pushThrough(fault);
    pushed.push(outcome);
    expectRight(fault, outcome);
    const [old, current] = [stand.old[0]!.digest, stand.current[0]!.digest];
    expect(outcome.survived ? [current] : [old, current]).toContain(outcome.digests[0]);
  });

  async function pushThrough(fault: Fault): Promise<Outcome> {
    return throughProxy(stand.registry, async (proxy) => {
      // Each fault hits a push that has every layer to send.
      proxy.mounts = false;
      const path = `faults/push-${faults.indexOf(fault)}`;
      stand.pointTo(`${proxy.address}/${path}`);
      await stand.pushOld(`${proxy.address}/${path}`);
      proxy.intercept = fault.intercept({
        blob: requests('POST PUT PATCH', 'blobs'),
        manifest: requests('PUT', 'manifests'),
        midway: requests('PUT PATCH', 'blobs'),
        registry: stand.registry,
      });
      const seen = await observe(fault.name, async () => (await stand.push([stand.projects[0]!]))[0]!);
      await stand.engine.remove(stand.own(images[0], `${proxy.address}/${path}`));
      const reference = stand.own(images[0], `${stand.registry.address}/${path}`);
      return { ...seen, digests: [await registryClient().digest(reference)] };
    });
  }
});

describe('docker-push', () => {
  const project = (): string => stand.projects[0]!;

  it('tries other pushes to a dead registry once, and fails within 10 s', async () => {
    await throughProxy(stand.registry, async (proxy) => {
      const repository = `${proxy.address}/faults/dead`;
      stand.pointTo(repository);
      const tags = stand.setTags(['a', 'b', 'c']);
      proxy.intercept = refuses(() => true, 503);
      const { output, survived, milliseconds } = await observe('dead', async () => (await stand.push([project()]))[0]!);
      stand.setTags(tags);
      expect(survived).toBe(false);
      for (const tag of ['a', 'b', 'c']) expect(output).toContain(`failed ${repository}:${tag}`);
      expect(output.match(/5 tries/g)).toHaveLength(1);
      expect(milliseconds).toBeLessThan(10_000);
    });
  });

  it('fails if another run moves the reference to its own image at that moment', async () => {
    stand.pointTo(stand.repository);
    const { root } = stand.context;
    const folders = imageFolders(stand.context);
    const push = await preparePush(
      root,
      new BuildPlanner(root, folders, (await findEngine('docker')).platforms),
      folders.get(project()),
      project(),
      new Map(),
    );
    if ('success' in push) throw new Error(push.output);
    const current = currentImage(root, push.plan, await stand.engine.images([push.plan.document.reference]))!;
    const engine = {
      ...stand.engine,
      tag: (_source: string, reference: string) => stand.engine.tag(stand.oldReference, reference),
    };
    const { signal } = new AbortController();
    const access = registryAccess({ insecure: [], signal });
    const signers = new Signers({ root, access, insecure: [], signal });
    const shared = { signers, failing: new Set<string>(), insecure: [], report: quiet };
    const run = { root, engine, access, fill: runTags(root), signal, ...shared };
    const repository = `${stand.registry.address}/faults/overtaken`;
    push.choice.active = [{ repository }];
    const { success, output } = await pushImage(run, push, fromEngine(root, push.plan, current));
    await access.close();
    expect(success).toBe(false);
    expect(output).toContain('Another run has given the same name to an image of its own');
    const record = readRecord(root, push.plan.folder)!;
    expect(Object.keys(record.pushed)).not.toContain(stand.own(images[0], repository));
  });
});

describe('docker-promote, when the registry answers with', () => {
  afterAll(() => console.log(`docker-promote\n${outcomeTable(promoted)}`));

  it.each(faults)('$name, survives it or fails with the right words, and moves all tags or none', async (fault) => {
    const outcome = await promoteThrough(fault);
    promoted.push(outcome);
    expectRight(fault, outcome);
    expect(outcome.digests).toEqual(digestsOf(outcome.survived ? stand.current : stand.old));
  });

  async function promoteThrough(fault: Fault): Promise<Outcome> {
    return throughProxy(stand.registry, async (proxy) => {
      const client = registryClient();
      for (const [index, name] of images.entries()) {
        await client.put(stand.floating(name), stand.old[index]!);
      }
      stand.pointTo(stand.repository.replace(stand.registry.address, proxy.address));
      proxy.intercept = fault.intercept({
        blob: requests('GET', 'blobs'),
        manifest: requests('PUT', 'manifests'),
        midway: requests('PUT', 'manifests'),
        registry: stand.registry,
      });
      const seen = await observe(fault.name, async () => {
        const signal = new AbortController().signal;
        const { success, lines } = await promoteTags({ manifest: 'manifest.yml' }, stand.context, signal);
        return { success, output: lines.join('\n') };
      });
      return { ...seen, digests: await Promise.all(images.map((name) => client.digest(stand.floating(name)))) };
    });
  }
});

function expectRight({ words, tries }: Fault, outcome: Outcome): void {
  expect(outcome.survived ? 'survived' : outcome.output).toMatch(words ?? /^survived$/);
  expect(outcome.tries).toBe(tries ?? outcome.tries);
  expect(words ? outcome.milliseconds : 0).toBeLessThan(10_000);
}
