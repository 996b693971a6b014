import { posix } from 'node:path';
import type { ImageConfiguration } from '@nx-image-matrix/container-test';
import { Containers } from '@nx-image-matrix/engine/containers';
import type { Image } from '@nx-image-matrix/manifest';
import { imageConfiguration } from '../../image-tests/image-configuration.ts';
import type { BuiltImage } from './built-images.ts';

/** What an image is: its configuration, and what is in its files. Its texts are not to be trusted. */
export interface ImageFacts {
  image: Image;
  configuration: ImageConfiguration;
  /** The file that its entry point or its command starts, if it is there and can be executed. */
  startFile?: string;
  /** Its user, if it has a name that `/etc/passwd` has. */
  userName?: string;
  /** Versions by program. */
  versions: Map<string, ProgramVersion>;
}

/** The line in which a program says its version: `Python 3.12.7`. */
interface ProgramVersion {
  /** `Python ` */
  before: string;
  /** `3.12.7` */
  version: string;
}

/** Programs that people test, besides that with the name of the package. Each writes its version for `--version`. */
const programs = ['python3', 'node', 'java', 'ruby', 'php'];
/** Milliseconds for one program. */
const TIMEOUT = 20_000;
/** Of an image that sets none: https://docs.docker.com/reference/dockerfile/ says nothing of it, engines take this one. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Reads the facts of images. Programs run in containers with the limits of tests, as they will when they are tested. */
export async function readFacts(built: readonly BuiltImage[]): Promise<ImageFacts[]> {
  const facts: ImageFacts[] = [];
  for (const { image, engine, inEngine } of built) {
    const containers = new Containers(engine.name, process.env, new AbortController().signal);
    try {
      facts.push(await factsOf(containers, image, inEngine.id));
    } finally {
      await containers.close();
    }
  }
  return facts;
}

async function factsOf(containers: Containers, image: Image, id: string): Promise<ImageFacts> {
  const configuration = imageConfiguration(await containers.configuration(id));
  // A container that never starts: an image without a command needs one to become a container.
  const container = await containers.create({ image: id, entrypoint: ['/none'] });
  const folders = (configuration.environment.get('PATH') || PATH).split(':').filter((path) => path.startsWith('/'));
  const find = async (program: string): Promise<string | undefined> => {
    const paths = program.includes('/') ? [posix.resolve(configuration.workdir || '/', program)] : [];
    for (const path of paths.length > 0 ? paths : folders.map((folder) => posix.join(folder, program))) {
      const found = await containers.stat(container, path).catch(() => undefined);
      if (found?.kind === 'link' || (found?.kind === 'file' && (found.mode & 0o111) !== 0)) return path;
    }
    return undefined;
  };
  const [start] = [...configuration.entrypoint, ...configuration.cmd];
  const startFile = start === undefined ? undefined : await find(start);
  const userName = await knownUser(containers, container, configuration.user);
  const versions = new Map<string, ProgramVersion>();
  for (const program of new Set([...programs, image.variables.package])) {
    if (!/^[\w.+-]+$/.test(program) || program.startsWith('-') || !(await find(program))) continue;
    const version = await versionOf(containers, id, program);
    if (version) versions.set(program, version);
  }
  return {
    image,
    configuration,
    ...(startFile !== undefined && { startFile }),
    ...(userName !== undefined && { userName }),
    versions,
  };
}

/** The name of a user that is in `/etc/passwd`. */
async function knownUser(containers: Containers, container: string, user: string): Promise<string | undefined> {
  const [name = ''] = user.split(':');
  if (!/^[a-z_][\w.-]*$/i.test(name)) return undefined;
  const passwd = await containers.read(container, '/etc/passwd').catch(() => undefined);
  const lines = passwd?.content.toString('utf8').split('\n') ?? [];
  return lines.some((line) => line.startsWith(`${name}:`)) ? name : undefined;
}

async function versionOf(containers: Containers, id: string, program: string): Promise<ProgramVersion | undefined> {
  const container = await containers.create({ image: id, entrypoint: [program, '--version'] });
  try {
    const { exitCode, stdout, problem } = await containers.run(container, TIMEOUT);
    if (exitCode !== 0 || problem !== undefined) return undefined;
    const [, before, version] = /^([^\d\n]{0,40})(\d{1,5}\.\d{1,5}(?:\.\d{1,5})*)/.exec(stdout) ?? [];
    return before === undefined || version === undefined ? undefined : { before, version };
  } finally {
    await containers.remove(container);
  }
}
