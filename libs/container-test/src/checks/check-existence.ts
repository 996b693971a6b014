import { formatMode, type FileKind } from '../file-mode.ts';
import type { ExistenceTest, Executor } from '../suite.ts';

/** A file of an image, which is not followed if it is a link. */
export interface FoundFile {
  kind: FileKind;
  /** Permissions with the special bits. */
  mode: number;
  uid: number;
  gid: number;
}

const bits: Record<Executor, number> = { any: 0o111, owner: 0o100, group: 0o010, other: 0o001 };

/** What is wrong with a file; `found` is absent if the image does not have it. */
export function checkExistence(test: ExistenceTest, found: FoundFile | undefined): string[] {
  const { path, shouldExist } = test;
  if (!shouldExist) {
    return found ? [`expected no ${path}, found it: ${formatMode(found.kind, found.mode)}`] : [];
  }
  if (!found) return [`expected ${path}, found nothing there`];
  return [...checkMode(test, found), ...checkOwner(test, found)];
}

function checkMode({ path, permissions, executableBy }: ExistenceTest, { kind, mode }: FoundFile): string[] {
  const is = formatMode(kind, mode);
  return [
    ...(permissions !== undefined && permissions !== is
      ? [`expected permissions ${permissions} of ${path}, found ${is}`]
      : []),
    ...(executableBy && (mode & bits[executableBy]) === 0
      ? [`expected ${path} to be executable by ${executableBy}, found ${is}`]
      : []),
  ];
}

function checkOwner({ path, uid, gid }: ExistenceTest, found: FoundFile): string[] {
  return [
    ...(uid !== undefined && uid !== found.uid ? [`expected user ID ${uid} of ${path}, found ${found.uid}`] : []),
    ...(gid !== undefined && gid !== found.gid ? [`expected group ID ${gid} of ${path}, found ${found.gid}`] : []),
  ];
}
