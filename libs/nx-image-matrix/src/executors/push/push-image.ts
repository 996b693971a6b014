import {
  registryClient,
  registryOf,
  EngineError,
  findCredentials,
  type Engine,
  type RegistrySession,
} from '@nx-image-matrix/engine';
import type { TaskOutcome } from '../batch.ts';
import type { ImageFolder } from '../../workspace/image-folders.ts';
import { readRecord, writeRecord, type BuildRecord } from '../../build-plan/record.ts';
import { describeError, shortId } from '../../format/describe.ts';
import { filledTags } from '../run-tags.ts';
import { knownDigests, type CurrentImage, type PushPlan } from './prepare.ts';
import type { ActiveRepository } from '../../repositories/repositories.ts';

/** What the pushes of one run share. */
export interface PushRun {
  root: string;
  engine: Engine;
  session: RegistrySession;
  /** Logins by registry. */
  logins: Map<string, Promise<void>>;
  /** Registries that have just failed for all tries: what else goes there is tried once, or one dead registry holds up everything. */
  failing: Set<string>;
  /** Registries that speak plain HTTP. */
  insecure: readonly string[];
  signal: AbortSignal;
}

/** One failure does not keep the other references from being pushed; what has arrived is recorded at once. */
export async function pushImage(
  run: PushRun,
  { plan, choice }: PushPlan,
  { record, image }: CurrentImage,
): Promise<TaskOutcome> {
  const lines = choice.skipped.map(({ repository, reason }) => `skipped ${repository}: ${reason}`);
  const pushed = { ...record.pushed };
  let success = true;
  for (const target of choice.active) {
    for (const tag of filledTags(plan.document.tags)) {
      const reference = `${target.repository}:${tag}`;
      const current = { record: { ...record, pushed }, image };
      try {
        const there = await knownDigest(run, target, reference, knownDigests(current));
        pushed[reference] = there ?? (await pushReference(run, target, reference, current, lines));
        lines.push(
          `${there ? 'skipped' : 'pushed'} ${reference} (${shortId(pushed[reference])}${there ? ', there already' : ''})`,
        );
        recordPushed(run.root, plan.folder, record, pushed);
      } catch (error) {
        success = false;
        lines.push(`failed ${reference}: ${describeError(error)}`);
      }
    }
  }
  return { success, output: lines.join('\n') };
}

/** Another run may have pushed the same image meanwhile, or have built another one, whose record is left alone. */
function recordPushed(root: string, folder: ImageFolder, { imageId }: BuildRecord, pushed: Record<string, string>) {
  const now = readRecord(root, folder);
  if (now?.imageId === imageId) writeRecord(root, folder, { ...now, pushed: { ...now.pushed, ...pushed } });
}

/** The digest under a reference if it is one of this build; a registry that does not say so at once is pushed to. */
async function knownDigest(
  run: PushRun,
  { login: account }: ActiveRepository,
  reference: string,
  known: ReadonlySet<string>,
): Promise<string | undefined> {
  if (known.size === 0) return undefined;
  const client = registryClient({
    credentials: async (registry) => account ?? findCredentials(registry, process.env),
    insecure: run.insecure,
    policy: { tries: 1, request: 5_000 },
    signal: run.signal,
  });
  try {
    const found = await client.digest(reference);
    return found !== undefined && known.has(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Goes by the image's ID: its name may be that of another build by now. */
async function pushReference(
  run: PushRun,
  target: ActiveRepository,
  reference: string,
  { image }: CurrentImage,
  notes: string[],
): Promise<string> {
  await login(run, target);
  run.signal.throwIfAborted();
  const named = (await run.engine.images([reference])).get(reference);
  if (named?.id !== image.id) await run.engine.tag(image.id, reference);
  const digest = await send(run, reference, notes);
  if (image.digest !== undefined && image.digest !== digest) throw overtaken(reference, image.digest, digest);
  return digest;
}

async function send({ engine, session, insecure, signal, failing }: PushRun, reference: string, notes: string[]) {
  const registry = registryOf(reference);
  try {
    const { digest } = await engine.push(reference, {
      config: session,
      signal,
      insecure,
      ...(failing.has(registry) && { tries: 1 }),
      onLine: () => undefined,
      onNote: (line) => notes.push(line),
    });
    failing.delete(registry);
    return digest;
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'push-failed') failing.add(registry);
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

/** One login per registry and run. */
function login({ session, logins }: PushRun, { repository, login: account }: ActiveRepository): Promise<void> {
  if (!account) return Promise.resolve();
  const registry = registryOf(repository);
  let done = logins.get(registry);
  if (!done) {
    done = session.login(registry, account.user, account.password);
    logins.set(registry, done);
  }
  return done;
}
