import { join } from 'node:path';
import type { TestResult } from '@nx-image-matrix/container-test';
import { isObject } from '@nx-image-matrix/engine/unknown';
import { isSameImage, type ImageIdentity } from '../build-plan/same-image.ts';
import { LARGEST_SOURCE, readRegularFile } from '../fs/read-file.ts';
import { replaceFile } from '../fs/replace-file.ts';
import type { ImageFolder } from '../workspace/image-folders.ts';

/** The content of `dist/<project root>/test.json`: an image has passed its tests. */
export interface TestPass {
  reference: string;
  /** The image that was tested, as the engine names it. */
  imageId: string;
  /** Its digest in the staging repository, if it is there. */
  digest?: string;
  /** SHA-256 of the rendered test files. */
  tests: string;
  /** Whether the result depends on more than image and test files: it then counts for a push, and is not remembered. */
  unsettled?: true;
  results: TestResult[];
  /** ISO 8601. */
  passedAt: string;
}

/** The last pass of an image; `undefined` if there is none, or it is of another image or of other tests. */
export function readPass(
  workspaceRoot: string,
  folder: ImageFolder,
  tests: string,
  image: ImageIdentity,
): TestPass | undefined {
  const pass = read(passPath(workspaceRoot, folder), workspaceRoot);
  if (pass?.tests !== tests) return undefined;
  return isSameImage(pass, image) ? pass : undefined;
}

/** @throws Error that says why it cannot be written. */
export function writePass(workspaceRoot: string, folder: ImageFolder, pass: TestPass): void {
  replaceFile(workspaceRoot, passPath(workspaceRoot, folder), `${JSON.stringify(pass, null, 2)}\n`);
}

/** Records that an image has failed, so that an earlier pass, also one in staging, does not count here. */
export function writeFailure(
  workspaceRoot: string,
  folder: ImageFolder,
  failure: Pick<TestPass, 'digest' | 'imageId' | 'reference' | 'tests'>,
): void {
  const text = JSON.stringify({ ...failure, failed: true }, null, 2);
  replaceFile(workspaceRoot, passPath(workspaceRoot, folder), `${text}\n`);
}

/** Whether this image has failed these tests on this machine, and not passed them since. */
export function hasFailed(workspaceRoot: string, folder: ImageFolder, tests: string, image: ImageIdentity): boolean {
  const found = readJson(passPath(workspaceRoot, folder), workspaceRoot);
  if (!isObject(found) || found['failed'] !== true || found['tests'] !== tests) return false;
  return isSameImage(found, image);
}

/** Where the report of an image's tests is. */
export function reportPath(workspaceRoot: string, folder: ImageFolder): string {
  return join(workspaceRoot, 'dist', folder.root, 'test.xml');
}

function passPath(workspaceRoot: string, folder: ImageFolder): string {
  return join(workspaceRoot, 'dist', folder.root, 'test.json');
}

function read(path: string, within: string): TestPass | undefined {
  const pass = readJson(path, within);
  return isPass(pass) ? pass : undefined;
}

function readJson(path: string, within: string): unknown {
  try {
    return JSON.parse(readRegularFile(path, LARGEST_SOURCE, { within }).toString('utf8'));
  } catch {
    return undefined;
  }
}

function isPass(pass: unknown): pass is TestPass {
  if (!isObject(pass)) return false;
  const { imageId, tests, results } = pass;
  return typeof imageId === 'string' && typeof tests === 'string' && areResults(results);
}

/** Whether a value is a list of results of which none has failed. */
export function areResults(results: unknown): results is TestResult[] {
  return Array.isArray(results) && results.every(isPassed);
}

function isPassed(result: unknown): boolean {
  if (!isObject(result)) return false;
  const { file, kind, name, failures, duration, skipped } = result;
  const texts = [file, kind, name].every((text) => typeof text === 'string');
  const none = Array.isArray(failures) && failures.length === 0;
  return texts && none && typeof duration === 'number' && (skipped === undefined || typeof skipped === 'string');
}
