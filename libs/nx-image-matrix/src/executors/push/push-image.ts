import {
  copyImage,
  copyJoined,
  EngineError,
  isSourceFailure,
  transientFailure,
  type Engine,
  type RegistryClient,
  type RegistrySession,
} from '@nx-image-matrix/engine';
import { messageOf } from '@nx-image-matrix/engine/unknown';
import { registryOf } from '@nx-image-matrix/manifest/reference';
import type { TaskOutcome } from '../task-outcome.ts';
import type { Reporter } from '../progress/reporter.ts';
import type { ImageFolder } from '../../workspace/image-folders.ts';
import type { BuildPlan } from '../../build-plan/plan.ts';
import { readRecord, writeRecord, type BuildRecord } from '../../build-plan/record.ts';
import { describeError, shortId } from '../../format/describe.ts';
import type { FillTag } from '../run-tags.ts';
import { mayCount, signPushed } from './sign-pushed.ts';
import type { CurrentImage } from '../../build-plan/current-image.ts';
import { knownDigests, type PushPlan } from './prepare.ts';
import { isSameBuild } from './same-build.ts';
import type { Signers } from '../../signing/signers.ts';
import type { RegistryAccess } from '../../repositories/registry-access.ts';
import type { StagedImage } from '../../staging/staged-image.ts';
import type { Staging } from '../../staging/staging.ts';
import type { ActiveRepository } from '../../repositories/repositories.ts';

/** State shared by the pushes of a run. */
export interface PushRun {
  root: string;
  engine: Engine;
  access: RegistryAccess;
  signers: Signers;
  fill: FillTag;
  /**
   * Registries that have just failed all tries: other pushes to them get one try, otherwise one dead registry would
   * delay everything.
   */
  failing: Set<string>;
  /** Registries that use plain HTTP. */
  insecure: readonly string[];
  signal: AbortSignal;
  report: Reporter;
}

/** Where an image is pushed from. */
export interface PushSource {
  /** The record of its build on this machine, if there is one. */
  record?: BuildRecord;
  /** The digests that the image may have in a registry, given those that were pushed. */
  digests: (pushed: Readonly<Record<string, string>>) => ReadonlySet<string>;
  /** Whether an image in a registry is the same all the same, although its digest is none of these. */
  isSame?: (client: RegistryClient, reference: string, digest: string) => Promise<boolean>;
  /** Brings it to a reference, and returns its digest there. */
  send: (run: PushRun, target: ActiveRepository, reference: string, project: string) => Promise<string>;
}

/** The image in the engine. */
export function fromEngine(root: string, plan: BuildPlan, current: CurrentImage): PushSource {
  const { record, image } = current;
  return {
    record,
    digests: (pushed) => knownDigests({ record: { ...record, pushed: { ...pushed } }, image }),
    ...(plan.document.attestations && {
      isSame: (client, reference, digest) => isSameBuild(client, reference, digest, { root, plan, image }),
    }),
    send: (run, target, reference, project) => pushReference(run, target, reference, current, project),
  };
}

/** The image in a staging repository: copied from registry to registry, without an engine. */
export function fromStaging(
  staging: Staging,
  plan: BuildPlan,
  staged: StagedImage,
  record: BuildRecord | undefined,
): PushSource {
  return {
    record,
    digests: () => new Set([staged.digest]),
    async send({ access, signal, report }, target, reference, project) {
      const options = {
        source: access.optionsOf(staging.target),
        target: access.optionsOf(target),
        onNote: (line: string) => report.note(project, line),
        signal,
      };
      const { joined, ...image } = await staging.keepJoined(plan, staged);
      if (!joined?.index) return copyImage(staging.source(image), reference, options);
      return copyJoined(
        joined.parts.map((part) => staging.source(part)),
        joined.index,
        reference,
        options,
      );
    },
  };
}

/**
 * One failure does not stop the other references; each success is recorded at once. If the source fails, all references
 * are pushed from the other one that `instead` gives, if it gives one: they are to have the same digest.
 */
export async function pushImage(
  run: PushRun,
  { plan, choice }: PushPlan,
  source: PushSource,
  instead?: () => Promise<PushSource | undefined>,
): Promise<TaskOutcome> {
  const lines = choice.skipped.map(({ repository, reason }) => `skipped ${repository}: ${reason}`);
  const pushed = { ...source.record?.pushed };
  const { project } = plan.folder;
  let started = false;
  let success = true;
  for (const target of choice.active) {
    const digests = new Map<string, boolean>();
    for (const tag of plan.document.tags) {
      let reference = `${target.repository}:${tag}`;
      try {
        reference = `${target.repository}:${run.fill(tag)}`;
        const known = source.digests(pushed);
        const there = await knownDigest(run, target, reference, source, known);
        if (!there && !started) run.report.started(`pushing ${plan.document.reference}`);
        started ||= !there;
        const digest = there ?? (await source.send(run, target, reference, project));
        pushed[reference] = digest;
        digests.set(digest, !there || digests.get(digest) === true);
        const already = known.has(digest) ? ', there already' : ', there already by its build ID';
        lines.push(`${there ? 'skipped' : 'pushed'} ${reference} (${shortId(digest)}${there ? already : ''})`);
        if (source.record) recordPushed(run.root, plan.folder, source.record, pushed);
      } catch (error) {
        const other =
          isSourceFailure(error) && !run.signal.aborted ? await instead?.().catch(() => undefined) : undefined;
        if (other) {
          run.report.note(project, `${messageOf(error)}; pushing the image of the engine`);
          return pushImage(run, { plan, choice }, other);
        }
        success = false;
        lines.push(describeError(error, `failed ${reference}`));
      }
    }
    const signed = await signPushed(run.signers, target, digests, (line) => run.report.note(project, line));
    success &&= signed.success;
    lines.push(...signed.lines);
  }
  return { success, output: lines.join('\n') };
}

/** Meanwhile, another run may have pushed the same image, or built another one, whose record is not changed. */
function recordPushed(root: string, folder: ImageFolder, { imageId }: BuildRecord, pushed: Record<string, string>) {
  const now = readRecord(root, folder);
  if (now?.imageId === imageId) writeRecord(root, folder, { ...now, pushed: { ...now.pushed, ...pushed } });
}

/**
 * The digest of a reference if it is one of this build; if the registry does not confirm that at once, the image is
 * pushed.
 */
async function knownDigest(
  { access, signers }: PushRun,
  target: ActiveRepository,
  reference: string,
  source: PushSource,
  known: ReadonlySet<string>,
): Promise<string | undefined> {
  if (known.size === 0) return undefined;
  try {
    const client = access.clientOf(target, { policy: { tries: 1, request: 5_000 } });
    const found = await client.digest(reference);
    if (found === undefined) return undefined;
    const isOurs = known.has(found) || (await source.isSame?.(client, reference, found));
    return isOurs && (await mayCount(signers, target, found, source)) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Uses the image's ID, because its name may now belong to another build. */
async function pushReference(
  run: PushRun,
  target: ActiveRepository,
  reference: string,
  { image }: CurrentImage,
  project: string,
): Promise<string> {
  const session = await run.access.sessionOf(target);
  run.signal.throwIfAborted();
  const named = (await run.engine.images([reference])).get(reference);
  if (named?.id !== image.id) await tagAs(run.engine, image.id, reference);
  const digest = await send(run, reference, session, project);
  if (image.digest !== undefined && image.digest !== digest) throw overtaken(reference, image.digest, digest);
  return digest;
}

/** Another run may have removed the image in the meantime. */
async function tagAs(engine: Engine, id: string, reference: string): Promise<void> {
  try {
    await engine.tag(id, reference);
  } catch (error) {
    throw error instanceof EngineError && error.code === 'not-found' ? removed(reference, id) : error;
  }
}

async function send(
  { engine, access, insecure, signal, failing, report }: PushRun,
  reference: string,
  session: RegistrySession | undefined,
  project: string,
): Promise<string> {
  const registry = registryOf(reference);
  try {
    const { digest } = await engine.push(reference, {
      config: session,
      memory: access.memory,
      signal,
      insecure,
      ...(failing.has(registry) && { tries: 1 }),
      onLine: (line) => report.log(project, line),
      onNote: (line) => report.note(project, line),
    });
    failing.delete(registry);
    return digest;
  } catch (error) {
    if (transientFailure(error)) failing.add(registry);
    throw error;
  }
}

function overtaken(reference: string, wanted: string, pushed: string): EngineError {
  return new EngineError('push-failed', `${reference} was pushed with ${shortId(pushed)}, not ${shortId(wanted)}`, {
    hint:
      'Another run has given the same name to an image of its own at the same moment. Push again, and give each ' +
      'workspace on this engine a repository of its own.',
  });
}

function removed(reference: string, id: string): EngineError {
  return new EngineError('not-found', `${reference} is not pushed: its image ${shortId(id)} is gone from the engine`, {
    hint: 'something has removed it since it was looked at: another run, or a prune; build it again, then push',
  });
}
